/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between kernels in VFIO. As compat.h: by features of the headers,
 * which Kbuild looks up.
 */
#ifndef DRIVERS_KERNEL_COMPAT_VFIO_H
#define DRIVERS_KERNEL_COMPAT_VFIO_H

#include <linux/err.h>
#include <linux/pci.h>
#include <linux/vfio_pci_core.h>

#include "drivers/kernel/compat.h"

/* Members of struct vfio_device_ops for iommufd: the first three since 6.2, the last since 6.6. */
#ifdef KN_HAVE_VFIO_DETACH_IOAS
#define KN_VFIO_DETACH_IOAS .detach_ioas = vfio_iommufd_physical_detach_ioas,
#else
#define KN_VFIO_DETACH_IOAS
#endif
#ifdef KN_HAVE_VFIO_BIND_IOMMUFD
#define KN_VFIO_IOMMUFD_OPS					\
	.bind_iommufd = vfio_iommufd_physical_bind,		\
	.unbind_iommufd = vfio_iommufd_physical_unbind,		\
	.attach_ioas = vfio_iommufd_physical_attach_ioas,	\
	KN_VFIO_DETACH_IOAS
#else
#define KN_VFIO_IOMMUFD_OPS
#endif

/* vfio_pci_core_match() calls it without looking where it exists. */
#ifdef KN_HAVE_VFIO_MATCH_TOKEN_UUID
#define KN_VFIO_TOKEN_OPS .match_token_uuid = vfio_pci_core_match_token_uuid,
#else
#define KN_VFIO_TOKEN_OPS
#endif

/*
 * Where it exists, VFIO answers VFIO_DEVICE_GET_REGION_INFO by this alone and
 * never passes that ioctl on; elsewhere the driver's ioctl function sees it.
 */
#ifdef KN_HAVE_VFIO_GET_REGION_INFO_CAPS
#define KN_VFIO_REGION_INFO_OPS .get_region_info_caps = virtio_legacy_vfio_region_info,
#define kn_vfio_core_region_info vfio_pci_ioctl_get_region_info
#else
#define KN_VFIO_REGION_INFO_OPS
static inline int kn_vfio_core_region_info(struct vfio_device *vdev, struct vfio_region_info *info,
					   struct vfio_info_cap *caps)
{
	return -ENOTTY;
}
#endif

/* Map a BAR that exists for as long as the device is open. Return: NULL on failure. */
static inline void __iomem *kn_vfio_core_map(struct vfio_pci_core_device *core, u8 bar)
{
#if defined(KN_HAVE_VFIO_GET_IOMAP)
	/* vfio_pci_core_enable() has mapped all of them. */
	void __iomem *map = vfio_pci_core_get_iomap(core, bar);

	return IS_ERR((__force void *)map) ? NULL : map;
#elif defined(KN_HAVE_VFIO_SETUP_BARMAP)
	return vfio_pci_core_setup_barmap(core, bar) ? NULL : core->barmap[bar];
#else
	/* What is in barmap[] vfio-pci-core uses, too, and gives back when the device is closed. */
	if (!core->barmap[bar]) {
		if (pci_request_selected_regions(core->pdev, 1 << bar, "vfio-pci"))
			return NULL;
		core->barmap[bar] = pci_iomap(core->pdev, bar, 0);
		if (!core->barmap[bar])
			pci_release_selected_regions(core->pdev, 1 << bar);
	}
	return core->barmap[bar];
#endif
}

#endif
