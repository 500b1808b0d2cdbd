// SPDX-License-Identifier: GPL-2.0-only
#include <linux/dma-mapping.h>
#include <linux/gfp.h>

#include "drivers/kernel/pci_type.h"
#include "kernel/dma.h"

int kn_dma_alloc(struct kn_pci *pci, struct kn_dma *dma, kn_size size, bool translated)
{
	dma_addr_t address = 0;

	dma->size = size;
	dma->translated = translated;
	if (translated) {
		dma->memory = dma_alloc_coherent(&to_pci_dev_ptr(pci)->dev, size, &address,
						 GFP_KERNEL);
		dma->address = address;
	} else {
		dma->memory = alloc_pages_exact(size, GFP_KERNEL | __GFP_ZERO);
		dma->address = dma->memory ? virt_to_phys(dma->memory) : 0;
	}
	return dma->memory ? 0 : -ENOMEM;
}

void kn_dma_free(struct kn_pci *pci, struct kn_dma *dma)
{
	if (!dma->memory)
		return;
	if (dma->translated)
		dma_free_coherent(&to_pci_dev_ptr(pci)->dev, dma->size, dma->memory, dma->address);
	else
		free_pages_exact(dma->memory, dma->size);
}
