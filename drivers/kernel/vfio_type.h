/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DRIVERS_KERNEL_VFIO_TYPE_H
#define DRIVERS_KERNEL_VFIO_TYPE_H

#include <linux/vfio_pci_core.h>

#include "kernel/types.h"

static inline struct vfio_pci_core_device *to_vfio_core(struct kn_vfio *vfio)
{
	return (struct vfio_pci_core_device *)vfio;
}

static inline struct kn_vfio *to_kn_vfio(struct vfio_pci_core_device *core)
{
	return (struct kn_vfio *)core;
}

/**
 * kn_vfio_region_info() - vfio-pci's regions, with a BAR0 of our own
 * @vdev: the device
 * @info: the answer; its index is the question
 * @caps: the answer's capabilities
 * @bar_size: bytes of the emulated BAR0, 0 to leave everything to vfio-pci
 *
 * For kernels whose VFIO has an operation for it. Context: may sleep. Return: as
 * the ioctl VFIO_DEVICE_GET_REGION_INFO.
 */
int kn_vfio_region_info(struct vfio_device *vdev, struct vfio_region_info *info,
			struct vfio_info_cap *caps, u32 bar_size);

#endif
