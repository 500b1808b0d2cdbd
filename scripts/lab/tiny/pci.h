/* SPDX-License-Identifier: GPL-2.0-only */
/* Transitional and legacy virtio functions on PCI bus 0. */
#ifndef TINY_PCI_H
#define TINY_PCI_H

#include "types.h"

struct pci_function {
	u16 type;	/* virtio device type */
	u16 base;	/* first port of BAR 0, or 0 if BAR 0 is not an I/O range */
};

/*
 * Finds up to @max functions and enables their I/O decoding. Bus Master Enable is set if @master
 * is true, and cleared otherwise, so that the firmware's choice does not count. Returns how many
 * functions were found.
 */
u32 pci_scan(struct pci_function *found, u32 max, bool master);

#endif
