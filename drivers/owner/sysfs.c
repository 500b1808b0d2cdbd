// SPDX-License-Identifier: GPL-2.0-only
/* Documentation/ABI/testing/sysfs-bus-pci-drivers-virtio_owner */
#include <linux/device.h>

#include "drivers/owner/sysfs.h"
#include "owner/exports.h"

static void describe(struct device *dev, struct virtio_owner_view *view)
{
	virtio_owner_describe(dev_get_drvdata(dev), view);
}

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_owner_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%s\n", view.state);
}
static DEVICE_ATTR_RO(state);

static ssize_t epoch_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_owner_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%u\n", view.stats.epoch);
}
static DEVICE_ATTR_RO(epoch);

static ssize_t queue_size_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_owner_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%u\n", view.queue_size);
}
static DEVICE_ATTR_RO(queue_size);

static ssize_t depth_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_owner_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%u\n", view.depth);
}
static DEVICE_ATTR_RO(depth);

static ssize_t current_depth_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_owner_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%u\n", view.current_depth);
}
static DEVICE_ATTR_RO(current_depth);

static ssize_t transport_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_owner_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%s %s %s\n", view.translated ? "translated" : "physical",
			  view.indirect ? "indirect" : "direct",
			  view.polled ? "polled" : "interrupt");
}
static DEVICE_ATTR_RO(transport);

static ssize_t timeouts_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_owner_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%llu\n", view.stats.timeouts);
}
static DEVICE_ATTR_RO(timeouts);

static ssize_t orphans_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_owner_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%u\n", view.stats.orphans);
}
static DEVICE_ATTR_RO(orphans);

static ssize_t lost_interrupts_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_owner_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%llu\n", view.lost_interrupts);
}
static DEVICE_ATTR_RO(lost_interrupts);

static ssize_t polled_answers_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_owner_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%llu\n", view.polled_answers);
}
static DEVICE_ATTR_RO(polled_answers);

static ssize_t commands_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_owner_view view;
	ssize_t length = 0;
	unsigned int i;

	describe(dev, &view);
	for (i = 0; i < ARRAY_SIZE(view.stats.commands); i++)
		length += sysfs_emit_at(buf, length, "0x%x %llu\n", i, view.stats.commands[i]);
	return length;
}
static DEVICE_ATTR_RO(commands);

static struct attribute *virtio_owner_attrs[] = {
	&dev_attr_state.attr,	 &dev_attr_epoch.attr,	  &dev_attr_queue_size.attr,
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
