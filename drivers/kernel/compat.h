/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a kernel must have. This file and its likes, compat_*.h, are the only ones
 * that know what differs between kernels. They ask for features and not for
 * version numbers: distributions backport.
 */
#ifndef DRIVERS_KERNEL_COMPAT_H
#define DRIVERS_KERNEL_COMPAT_H

#if !defined(CONFIG_X86_64)
#error "virtio-legacy-vfio needs X86_64: legacy virtio is little-endian and port I/O here"
#elif !defined(CONFIG_PCI_IOV)
#error "virtio-legacy-vfio needs a kernel with CONFIG_PCI_IOV"
#elif !defined(CONFIG_VFIO_PCI_CORE) && !defined(CONFIG_VFIO_PCI_CORE_MODULE)
#error "virtio-legacy-vfio needs a kernel with CONFIG_VFIO_PCI_CORE"
#elif !defined(KN_HAVE_VFIO_ALLOC_DEVICE)
#error "virtio-legacy-vfio needs Linux 6.1 or newer: its VFIO has no vfio_alloc_device()"
#endif

#endif
