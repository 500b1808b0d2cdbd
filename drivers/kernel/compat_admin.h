/* SPDX-License-Identifier: GPL-2.0-only */
/* virtio-pci's own client of admin queues: for x86, since 6.8, if configured. */
#ifndef DRIVERS_KERNEL_COMPAT_ADMIN_H
#define DRIVERS_KERNEL_COMPAT_ADMIN_H

#if defined(KN_HAVE_VIRTIO_PCI_ADMIN_LEGACY) && defined(CONFIG_VIRTIO_PCI_ADMIN_LEGACY)
#include <linux/virtio_pci_admin.h>
#define KN_HAS_VIRTIO_PCI_ADMIN true
#else
#include <linux/errno.h>
#include <linux/pci.h>
#define KN_HAS_VIRTIO_PCI_ADMIN false

static inline bool virtio_pci_admin_has_legacy_io(struct pci_dev *pdev)
{
	return false;
}

static inline int virtio_pci_admin_legacy_common_io_write(struct pci_dev *pdev, u8 offset,
							  u8 size, u8 *buf)
{
	return -EOPNOTSUPP;
}

static inline int virtio_pci_admin_legacy_common_io_read(struct pci_dev *pdev, u8 offset,
							 u8 size, u8 *buf)
{
	return -EOPNOTSUPP;
}

static inline int virtio_pci_admin_legacy_device_io_write(struct pci_dev *pdev, u8 offset,
							  u8 size, u8 *buf)
{
	return -EOPNOTSUPP;
}

static inline int virtio_pci_admin_legacy_device_io_read(struct pci_dev *pdev, u8 offset,
							 u8 size, u8 *buf)
{
	return -EOPNOTSUPP;
}

static inline int virtio_pci_admin_legacy_io_notify_info(struct pci_dev *pdev, u8 req_bar_flags,
							 u8 *bar, u64 *bar_offset)
{
	return -EOPNOTSUPP;
}
#endif

#endif
