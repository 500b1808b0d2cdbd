/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_VFIO_IOEVENTFD_H
#define KERNEL_VFIO_IOEVENTFD_H

#include "kernel/types.h"

/* Number of the ioctl VFIO_DEVICE_IOEVENTFD. */
#define KN_VFIO_DEVICE_IOEVENTFD	0x3b74
/* Bytes of the argument that a user must give: all up to the descriptor. */
#define KN_VFIO_IOEVENTFD_SIZE		28

/**
 * struct kn_vfio_ioeventfd - the argument of VFIO_DEVICE_IOEVENTFD
 * @argsz: bytes that the user gives
 * @flags: bytes of the write: 1, 2, 4 or 8
 * @offset: region and offset of the write, as in a position
 * @data: what is written
 * @fd: an eventfd each of whose signals is that write; -1 ends it
 */
struct kn_vfio_ioeventfd {
	u32 argsz;
	u32 flags;
	u64 offset;
	u64 data;
	int fd;
};

#endif
