/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only file that knows what differs between kernels. It asks for features
 * and not for version numbers: distributions backport.
 */
#ifndef DRIVERS_KERNEL_COMPAT_H
#define DRIVERS_KERNEL_COMPAT_H

#ifndef CONFIG_X86_64
#error "virtio-legacy-vfio is for x86-64: legacy virtio is little-endian and port I/O here"
#endif

#ifndef CONFIG_PCI_IOV
#error "virtio-legacy-vfio needs a kernel with CONFIG_PCI_IOV"
#endif

/* Members of struct vfio_device_ops for iommufd; 6.1 has none of them. */
#ifdef KN_HAVE_VFIO_BIND_IOMMUFD
#define KN_VFIO_IOMMUFD_OPS					\
	.bind_iommufd = vfio_iommufd_physical_bind,		\
	.unbind_iommufd = vfio_iommufd_physical_unbind,		\
	.attach_ioas = vfio_iommufd_physical_attach_ioas,	\
	.detach_ioas = vfio_iommufd_physical_detach_ioas,
#else
#define KN_VFIO_IOMMUFD_OPS
#endif

#endif
