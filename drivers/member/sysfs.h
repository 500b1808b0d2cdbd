/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DRIVERS_MEMBER_SYSFS_H
#define DRIVERS_MEMBER_SYSFS_H

#include <linux/device.h>
#include <linux/sysfs.h>

struct virtio_legacy;

extern const struct attribute_group *virtio_legacy_groups[];

/**
 * virtio_legacy_of() - our part of a bound VF
 * @dev: the VF
 */
struct virtio_legacy *virtio_legacy_of(struct device *dev);

#endif
