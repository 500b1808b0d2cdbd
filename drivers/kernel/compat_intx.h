/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether vfio-pci-core has what INTx alone relies on: the kind of interrupt that VFIO has
 * enabled, and listeners. Kbuild looks both up in the headers. Elsewhere there is no INTx. The
 * driver has no vectors then, so MSI-X of the function is VFIO's.
 */
#ifndef DRIVERS_KERNEL_COMPAT_INTX_H
#define DRIVERS_KERNEL_COMPAT_INTX_H

#include <linux/pci.h>
#include <linux/vfio_pci_core.h>

#if defined(KN_HAVE_VFIO_IRQ_TYPE) && defined(KN_HAVE_VFIO_VIRQFD)
#define KN_VFIO_INTX_SUPPORTED true
static inline bool kn_vfio_core_msix(struct vfio_pci_core_device *core)
{
	return READ_ONCE(core->irq_type) == VFIO_PCI_MSIX_IRQ_INDEX;
}

static inline bool kn_vfio_core_irqs_unused(struct vfio_pci_core_device *core)
{
	return READ_ONCE(core->irq_type) == VFIO_PCI_NUM_IRQS;
}
#else
#define KN_VFIO_INTX_SUPPORTED false
static inline bool kn_vfio_core_msix(struct vfio_pci_core_device *core)
{
	return core->pdev->msix_enabled;
}

static inline bool kn_vfio_core_irqs_unused(struct vfio_pci_core_device *core)
{
	return false;
}
#endif

#endif
