// SPDX-License-Identifier: GPL-2.0-only
/* Module parameters: what a VF begins with when it is bound. */
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "drivers/member/parameters.h"
#include "member/exports.h"

const char *const virtio_legacy_identities[2] = { "transitional", "plain" };
const char *const virtio_legacy_capabilities[2] = { "visible", "hidden" };
const char *const virtio_legacy_intx[2] = { "emulated", "none" };

/**
 * struct choice - a parameter with two words for its values
 * @words: for false and for true
 * @value: the setting
 */
struct choice {
	const char *const *words;
	bool *value;
};

static int choice_set(const char *text, const struct kernel_param *param)
{
	const struct choice *choice = param->arg;
	const int index = __sysfs_match_string(choice->words, 2, text);

	if (index < 0)
		return index;
	WRITE_ONCE(*choice->value, index);
	return 0;
}

static int choice_get(char *buffer, const struct kernel_param *param)
{
	const struct choice *choice = param->arg;

	return sysfs_emit(buffer, "%s\n", choice->words[READ_ONCE(*choice->value)]);
}

static const struct kernel_param_ops choice_ops = {
	.set = choice_set,
	.get = choice_get,
};

static const struct choice identity = {
	virtio_legacy_identities, &virtio_legacy_parameters.plain
};
module_param_cb(identity, &choice_ops, (void *)&identity, 0644);
MODULE_PARM_DESC(identity,
		 "what a guest is shown of a VF bound from now on: transitional or plain (transitional)");

static const struct choice modern_capabilities = {
	virtio_legacy_capabilities, &virtio_legacy_parameters.hide_modern
};
module_param_cb(modern_capabilities, &choice_ops, (void *)&modern_capabilities, 0644);
MODULE_PARM_DESC(modern_capabilities,
		 "whether a transitional device has them: visible or hidden (visible)");

static const struct choice intx = {
	virtio_legacy_intx, &virtio_legacy_parameters.no_intx
};
module_param_cb(intx, &choice_ops, (void *)&intx, 0644);
MODULE_PARM_DESC(intx,
		 "interrupts for guests without MSI-X of a VF bound from now on: emulated or none (emulated)");

module_param_named(forward_all, virtio_legacy_parameters.forward_all, bool, 0644);
MODULE_PARM_DESC(forward_all,
		 "one admin command for every access, to compare with; resets are not confirmed (N)");
