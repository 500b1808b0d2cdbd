/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_IRQ_H
#define KERNEL_IRQ_H

#include "kernel/sizes.h"
#include "kernel/types.h"

/**
 * struct kn_irq - the handler of one MSI-X vector
 * @storage: the kernel's
 */
struct kn_irq {
	u64 storage[(KN_SIZEOF_IRQ + 7) / 8];
};

/* Called in hard interrupt context with the number of the vector, from 0 on. */
typedef void (*kn_irq_handler)(void *context, u32 vector);

KN_BEGIN

/**
 * kn_irq_alloc_vectors() - enable MSI-X
 * @pci: the function
 * @most: vectors wanted, at least 1
 *
 * While MSI-X is enabled, the function does not assert its interrupt line.
 *
 * Context: may sleep. Return: how many vectors there are, 1 to @most, or a negative errno.
 */
int kn_irq_alloc_vectors(struct kn_pci *pci, u32 most);

/**
 * kn_irq_free_vectors() - undo kn_irq_alloc_vectors()
 * @pci: the function; none of its vectors has a handler
 *
 * The function may assert its interrupt line afterwards: see kn_pci_disable_intx().
 *
 * Context: may sleep.
 */
void kn_irq_free_vectors(struct kn_pci *pci);

/**
 * kn_irq_request() - install a handler for one vector
 * @pci: the function
 * @irq: filled in; must stay until kn_irq_free()
 * @number: of the vector, from 0 on
 * @handler: called for each interrupt
 * @context: its first argument
 *
 * Context: may sleep. Return: 0 or a negative errno.
 */
int kn_irq_request(struct kn_pci *pci, struct kn_irq *irq, u32 number, kn_irq_handler handler,
		   void *context);

/**
 * kn_irq_free() - wait for a running handler, and remove it
 * @pci: the function
 * @irq: what kn_irq_request() filled in
 *
 * Context: may sleep.
 */
void kn_irq_free(struct kn_pci *pci, struct kn_irq *irq);

KN_END

#endif
