/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_IRQ_H
#define KERNEL_IRQ_H

#include "kernel/sizes.h"
#include "kernel/types.h"

/**
 * struct kn_irq - the MSI-X vectors of a function
 * @storage: the kernel's
 */
struct kn_irq {
	u64 storage[(KN_SIZEOF_IRQ + 7) / 8];
};

/* Called in hard interrupt context with the number of the vector, from 0 on. */
typedef void (*kn_irq_handler)(void *context, u32 vector);

KN_BEGIN

/**
 * kn_irq_setup() - get MSI-X vectors and a handler for them
 * @pci: the function
 * @irq: to be filled in
 * @wanted: vectors, at most 2
 * @handler: called for each interrupt
 * @context: its first argument
 *
 * Context: may sleep. Return: how many vectors there are, 0 if none.
 */
u32 kn_irq_setup(struct kn_pci *pci, struct kn_irq *irq, u32 wanted, kn_irq_handler handler,
		 void *context);

/**
 * kn_irq_release() - wait for running handlers and give the vectors back
 * @pci: the function
 * @irq: what kn_irq_setup() filled in
 *
 * Context: may sleep.
 */
void kn_irq_release(struct kn_pci *pci, struct kn_irq *irq);

KN_END

#endif
