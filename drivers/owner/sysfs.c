// SPDX-License-Identifier: GPL-2.0-only
/* Documentation/ABI/testing/sysfs-bus-pci-drivers-virtio_owner */
#include <linux/device.h>

#include "drivers/kernel/emit.h"
#include "drivers/owner/sysfs.h"
#include "owner/exports.h"

/* A read-only attribute of one sysfs_emit(), which has the PF's @view. */
#define VIRTIO_OWNER_ATTR(name, ...)						\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr,	\
			   char *buf)						\
{										\
	struct virtio_owner_view view;						\
										\
	virtio_owner_describe(dev_get_drvdata(dev), &view);			\
	return sysfs_emit(buf, __VA_ARGS__);					\
}										\
static DEVICE_ATTR_RO(name)

VIRTIO_OWNER_ATTR(state, "%s\n", view.state);
VIRTIO_OWNER_ATTR(state_ms, "%llu\n", view.state_ms);
VIRTIO_OWNER_ATTR(tries, "%u\n", view.tries);
VIRTIO_OWNER_ATTR(next_try_ms, "%llu\n", view.next_try_ms);
VIRTIO_OWNER_ATTR(epoch, "%u\n", view.stats.epoch);
VIRTIO_OWNER_ATTR(queue_size, "%u\n", view.queue_size);
VIRTIO_OWNER_ATTR(depth, "%u\n", view.depth);
VIRTIO_OWNER_ATTR(current_depth, "%u\n", view.current_depth);
VIRTIO_OWNER_ATTR(transport, "%s %s %s\n", view.translated ? "translated" : "physical",
		  view.indirect ? "indirect" : "direct", view.polled ? "polled" : "interrupt");
VIRTIO_OWNER_ATTR(timeouts, "%llu\n", view.stats.timeouts);
VIRTIO_OWNER_ATTR(orphans, "%u\n", view.stats.orphans);
VIRTIO_OWNER_ATTR(lost_interrupts, "%llu\n", view.lost_interrupts);
VIRTIO_OWNER_ATTR(polled_answers, "%llu\n", view.polled_answers);

static ssize_t commands_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_owner_view view;

	virtio_owner_describe(dev_get_drvdata(dev), &view);
	return kn_emit_commands(buf, view.stats.commands, ARRAY_SIZE(view.stats.commands));
}
static DEVICE_ATTR_RO(commands);

static struct attribute *virtio_owner_attrs[] = {
	&dev_attr_state.attr,	 &dev_attr_state_ms.attr, &dev_attr_tries.attr,
	&dev_attr_next_try_ms.attr,
	&dev_attr_epoch.attr,	 &dev_attr_queue_size.attr,
	&dev_attr_transport.attr, &dev_attr_timeouts.attr, &dev_attr_orphans.attr,
	&dev_attr_commands.attr, &dev_attr_lost_interrupts.attr,
	&dev_attr_polled_answers.attr, &dev_attr_depth.attr, &dev_attr_current_depth.attr,
	NULL,
};

static const struct attribute_group virtio_owner_group = {
	.name = "virtio_owner",
	.attrs = virtio_owner_attrs,
};

const struct attribute_group *virtio_owner_groups[] = {
	&virtio_owner_group,
	NULL,
};
