// SPDX-License-Identifier: GPL-2.0-only
/* Documentation/ABI/testing/sysfs-bus-pci-drivers-virtio_legacy_vfio_pci */
#include "drivers/member/parameters.h"
#include "drivers/member/sysfs.h"
#include "member/exports.h"

static void describe(struct device *dev, struct virtio_legacy_view *view)
{
	virtio_legacy_describe(virtio_legacy_of(dev), view);
}

static ssize_t admin_queue_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_legacy_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%s\n", view.admin_queue);
}
static DEVICE_ATTR_RO(admin_queue);

static ssize_t identity_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_legacy_view view;

	describe(dev, &view);
	if (view.type)
		return sysfs_emit(buf, "transitional %s\n", view.type);
	return sysfs_emit(buf, "plain: %s\n", view.reason);
}

static ssize_t identity_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t count)
{
	const int plain = sysfs_match_string(virtio_legacy_identities, buf);
	const int ret = plain < 0 ? plain : virtio_legacy_set_plain(virtio_legacy_of(dev), plain);

	return ret ?: count;
}
static DEVICE_ATTR_RW(identity);

static ssize_t modern_capabilities_show(struct device *dev, struct device_attribute *attr,
					char *buf)
{
	struct virtio_legacy_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%s\n", virtio_legacy_capabilities[view.hide_modern]);
}

static ssize_t modern_capabilities_store(struct device *dev, struct device_attribute *attr,
					 const char *buf, size_t count)
{
	const int hide = sysfs_match_string(virtio_legacy_capabilities, buf);
	struct virtio_legacy *legacy = virtio_legacy_of(dev);
	const int ret = hide < 0 ? hide : virtio_legacy_set_hide_modern(legacy, hide);

	return ret ?: count;
}
static DEVICE_ATTR_RW(modern_capabilities);

static ssize_t doorbell_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_legacy_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%s %u 0x%llx\n", view.doorbell, view.doorbell_bar,
			  view.doorbell_offset);
}
static DEVICE_ATTR_RO(doorbell);

static ssize_t doorbells_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_legacy_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "command %llu\nowner %llu\nmember %llu\n", view.doorbells[0],
			  view.doorbells[1], view.doorbells[2]);
}
static DEVICE_ATTR_RO(doorbells);

static ssize_t broken_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_legacy_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%u\n", view.broken);
}
static DEVICE_ATTR_RO(broken);

static ssize_t commands_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_legacy_view view;
	ssize_t length = 0;
	unsigned int i;

	describe(dev, &view);
	for (i = 0; i < ARRAY_SIZE(view.stats.commands); i++)
		length += sysfs_emit_at(buf, length, "0x%x %llu\n", i, view.stats.commands[i]);
	return length;
}
static DEVICE_ATTR_RO(commands);

static ssize_t timeouts_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_legacy_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%llu\n", view.stats.timeouts);
}
static DEVICE_ATTR_RO(timeouts);

static ssize_t orphans_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_legacy_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%u\n", view.stats.orphans);
}
static DEVICE_ATTR_RO(orphans);

static ssize_t epoch_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_legacy_view view;

	describe(dev, &view);
	return sysfs_emit(buf, "%u\n", view.stats.epoch);
}
static DEVICE_ATTR_RO(epoch);

static struct attribute *virtio_legacy_attrs[] = {
	&dev_attr_admin_queue.attr,
	&dev_attr_identity.attr,
	&dev_attr_modern_capabilities.attr,
	&dev_attr_doorbell.attr,
	&dev_attr_doorbells.attr,
	&dev_attr_broken.attr,
	&dev_attr_commands.attr,
	&dev_attr_timeouts.attr,
	&dev_attr_orphans.attr,
	&dev_attr_epoch.attr,
	NULL,
};

static const struct attribute_group virtio_legacy_group = {
	.name = "virtio_legacy",
	.attrs = virtio_legacy_attrs,
};

const struct attribute_group *virtio_legacy_groups[] = {
	&virtio_legacy_group,
	NULL,
};
