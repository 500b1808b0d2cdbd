/* SPDX-License-Identifier: GPL-2.0-only */
/* A driver that switches everything about interrupts, as fast as it can. */
#ifndef TINY_TOGGLE_H
#define TINY_TOGGLE_H

#include "pci.h"
#include "types.h"

/*
 * Resets the device, sets a queue's address, rings and switches Interrupt Disable and MSI-X Enable,
 * over and over for @seconds. An entropy device has a request, so it interrupts. Returns the number of
 * rounds, or 0 if memory is short.
 */
u32 toggle_run(const struct pci_function *function, u32 seconds);

#endif
