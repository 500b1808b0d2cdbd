/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DRIVERS_OWNER_SYSFS_H
#define DRIVERS_OWNER_SYSFS_H

#include <linux/sysfs.h>

extern const struct attribute_group *virtio_owner_groups[];

#endif
