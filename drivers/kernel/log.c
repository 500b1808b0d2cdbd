// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pci.h>
#include <linux/ratelimit.h>

#include "drivers/kernel/pci_type.h"
#include "kernel/log.h"

void kn_ratelimit_init(struct kn_ratelimit *limit)
{
	BUILD_BUG_ON(sizeof(*limit) < sizeof(struct ratelimit_state));
	ratelimit_default_init((struct ratelimit_state *)limit);
}

bool kn_ratelimit_ok(struct kn_ratelimit *limit)
{
	return __ratelimit((struct ratelimit_state *)limit);
}

void kn_info(struct kn_pci *pci, const char *format, ...)
{
	struct va_format vaf = { .fmt = format };
	va_list args;

	va_start(args, format);
	vaf.va = &args;
	pci_info(to_pci_dev_ptr(pci), "%pV\n", &vaf);
	va_end(args);
}

void kn_warn(struct kn_pci *pci, const char *format, ...)
{
	struct va_format vaf = { .fmt = format };
	va_list args;

	va_start(args, format);
	vaf.va = &args;
	pci_warn(to_pci_dev_ptr(pci), "%pV\n", &vaf);
	va_end(args);
}
