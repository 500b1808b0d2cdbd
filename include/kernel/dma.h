/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_DMA_H
#define KERNEL_DMA_H

#include "kernel/types.h"

/**
 * struct kn_dma - memory that CPU and device share
 * @memory: as the CPU sees it, NULL if there is none
 * @address: as the device sees it
 * @size: in bytes
 * @translated: whether @address is a DMA address, else a physical one
 */
struct kn_dma {
	void *memory;
	u64 address;
	kn_size size;
	bool translated;
};

KN_BEGIN

/**
 * kn_dma_alloc() - allocate zeroed memory that a device may access
 * @pci: the function
 * @dma: filled in
 * @size: in bytes
 * @translated: through the DMA API (VIRTIO_F_ACCESS_PLATFORM), else plain
 *	pages and their physical address
 *
 * Context: may sleep. Return: 0 or -ENOMEM.
 */
int kn_dma_alloc(struct kn_pci *pci, struct kn_dma *dma, kn_size size, bool translated);

/**
 * kn_dma_free() - free what kn_dma_alloc() gave
 * @pci: the function, which can no longer write the memory
 * @dma: the memory, or an empty struct
 *
 * Context: may sleep.
 */
void kn_dma_free(struct kn_pci *pci, struct kn_dma *dma);

KN_END

#endif
