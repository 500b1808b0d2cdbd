/* SPDX-License-Identifier: GPL-2.0-only */
/* Transitional and legacy virtio functions on PCI bus 0. */
#ifndef TINY_PCI_H
#define TINY_PCI_H

#include "types.h"

struct pci_function {
	u16 type;	/* virtio device type */
	u16 base;	/* first port of BAR 0, or 0 if BAR 0 is not an I/O range */
	u16 function;	/* device and function number on the bus */
	u8 pin;		/* Interrupt Pin, or 0 for none */
	u8 line;	/* Interrupt Line, as the firmware has set it */
	u8 msix;	/* offset of the MSI-X capability, or 0 */
};

/* Sets or clears Interrupt Disable. */
void pci_disable_intx(const struct pci_function *function, bool disable);

/* Sets or clears MSI-X Enable, if the function has MSI-X. */
void pci_enable_msix(const struct pci_function *function, bool enable);

/*
 * Finds up to @max functions and enables their I/O decoding. Bus Master Enable is set if @master
 * is true, and cleared otherwise, so that the firmware's choice does not count. Returns how many
 * functions were found.
 */
u32 pci_scan(struct pci_function *found, u32 max, bool master);

#endif
