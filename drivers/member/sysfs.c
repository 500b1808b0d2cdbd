// SPDX-License-Identifier: GPL-2.0-only
/* Documentation/ABI/testing/sysfs-bus-pci-drivers-virtio_legacy_vfio_pci */
#include "drivers/kernel/emit.h"
#include "drivers/member/parameters.h"
#include "drivers/member/sysfs.h"
#include "member/exports.h"

/* An attribute's show function, of one sysfs_emit(); it has the VF's @view. */
#define VIRTIO_LEGACY_SHOW(name, ...)						\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr,	\
			   char *buf)						\
{										\
	struct virtio_legacy_view view;						\
										\
	virtio_legacy_describe(virtio_legacy_of(dev), &view);			\
	return sysfs_emit(buf, __VA_ARGS__);					\
}

VIRTIO_LEGACY_SHOW(admin_queue, "%s\n", view.admin_queue)
static DEVICE_ATTR_RO(admin_queue);

VIRTIO_LEGACY_SHOW(identity, "%s %s\n", view.type ? "transitional" : "plain:",
		   view.type ?: view.reason)

static ssize_t identity_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t count)
{
	const int plain = sysfs_match_string(virtio_legacy_identities, buf);
	const int ret = plain < 0 ? plain : virtio_legacy_set_plain(virtio_legacy_of(dev), plain);

	return ret ?: count;
}
static DEVICE_ATTR_RW(identity);

VIRTIO_LEGACY_SHOW(modern_capabilities, "%s\n", virtio_legacy_capabilities[view.hide_modern])

static ssize_t modern_capabilities_store(struct device *dev, struct device_attribute *attr,
					 const char *buf, size_t count)
{
	const int hide = sysfs_match_string(virtio_legacy_capabilities, buf);
	struct virtio_legacy *legacy = virtio_legacy_of(dev);
	const int ret = hide < 0 ? hide : virtio_legacy_set_hide_modern(legacy, hide);

	return ret ?: count;
}
static DEVICE_ATTR_RW(modern_capabilities);

VIRTIO_LEGACY_SHOW(doorbell, "%s %u 0x%llx\n", view.doorbell, view.doorbell_bar,
		   view.doorbell_offset)
static DEVICE_ATTR_RO(doorbell);

VIRTIO_LEGACY_SHOW(doorbells, "command %llu\nowner %llu\nmember %llu\n", view.doorbells[0],
		   view.doorbells[1], view.doorbells[2])
static DEVICE_ATTR_RO(doorbells);

static ssize_t intx_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_legacy_view view;

	virtio_legacy_describe(virtio_legacy_of(dev), &view);
	if (view.intx_reason)
		return sysfs_emit(buf, "%s: %s\n", view.intx, view.intx_reason);
	return sysfs_emit(buf, "%s %s %u %llu %llu %u\n", view.intx, view.intx_state,
			  view.intx_vectors, view.intx_interrupts, view.intx_signals,
			  view.intx_failures);
}

static ssize_t intx_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t count)
{
	const int none = sysfs_match_string(virtio_legacy_intx, buf);
	const int ret = none < 0 ? none : virtio_legacy_set_no_intx(virtio_legacy_of(dev), none);

	return ret ?: count;
}
static DEVICE_ATTR_RW(intx);

VIRTIO_LEGACY_SHOW(broken, "%u\n", view.broken)
static DEVICE_ATTR_RO(broken);

VIRTIO_LEGACY_SHOW(needs_restart, "%u\n", view.needs_restart)
static DEVICE_ATTR_RO(needs_restart);

static ssize_t commands_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct virtio_legacy_view view;

	virtio_legacy_describe(virtio_legacy_of(dev), &view);
	return kn_emit_commands(buf, view.stats.commands, ARRAY_SIZE(view.stats.commands));
}
static DEVICE_ATTR_RO(commands);

VIRTIO_LEGACY_SHOW(timeouts, "%llu\n", view.stats.timeouts)
static DEVICE_ATTR_RO(timeouts);

VIRTIO_LEGACY_SHOW(orphans, "%u\n", view.stats.orphans)
static DEVICE_ATTR_RO(orphans);

VIRTIO_LEGACY_SHOW(epoch, "%u\n", view.stats.epoch)
static DEVICE_ATTR_RO(epoch);

static struct attribute *virtio_legacy_attrs[] = {
	&dev_attr_admin_queue.attr,
	&dev_attr_identity.attr,
	&dev_attr_modern_capabilities.attr,
	&dev_attr_doorbell.attr,
	&dev_attr_doorbells.attr,
	&dev_attr_intx.attr,
	&dev_attr_broken.attr,
	&dev_attr_needs_restart.attr,
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
