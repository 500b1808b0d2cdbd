/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DRIVERS_KERNEL_PCI_TYPE_H
#define DRIVERS_KERNEL_PCI_TYPE_H

#include <linux/pci.h>

#include "kernel/types.h"

static inline struct pci_dev *to_pci_dev_ptr(struct kn_pci *pci)
{
	return (struct pci_dev *)pci;
}

static inline struct kn_pci *to_kn_pci(struct pci_dev *pci)
{
	return (struct kn_pci *)pci;
}

#endif
