/* SPDX-License-Identifier: GPL-2.0-only */
/* One PCI device, opened through its VFIO group. */
#ifndef VFIO_DEVICE_H
#define VFIO_DEVICE_H

#include <linux/vfio.h>
#include <stddef.h>
#include <stdint.h>

#define VFIO_MAX_VECTORS 8

struct vfio_device {
	int container, group, fd;
	int vectors[VFIO_MAX_VECTORS];
	unsigned int vector_count;
	const char *failed;	/* the step of vfio_open() that did not work */
};

/* All return 0 or a negative errno. */

/* Without a success there is nothing to close. */
int vfio_open(struct vfio_device *device, const char *bdf);
void vfio_close(struct vfio_device *device);

int vfio_region(const struct vfio_device *device, unsigned int index,
		struct vfio_region_info *info);
/* Exactly length bytes, or -EIO. */
int vfio_read(const struct vfio_device *device, uint64_t offset, void *data, size_t length);
int vfio_write(const struct vfio_device *device, uint64_t offset, const void *data, size_t length);
/* 0 vectors switch MSI-X off. */
int vfio_set_msix(struct vfio_device *device, unsigned int count);
/* Each interrupt of the line signals that eventfd and masks the line; -1 switches INTx off. */
int vfio_set_intx(const struct vfio_device *device, int eventfd);
int vfio_unmask_intx(const struct vfio_device *device);
/* Lets the device reach memory at iova. */
int vfio_map(const struct vfio_device *device, uint64_t iova, void *memory, size_t length);
int vfio_reset(const struct vfio_device *device);

#endif
