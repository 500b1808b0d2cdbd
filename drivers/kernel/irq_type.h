/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DRIVERS_KERNEL_IRQ_TYPE_H
#define DRIVERS_KERNEL_IRQ_TYPE_H

#include <linux/types.h>

#define KN_IRQ_VECTORS 2

struct kn_irq_type;

/**
 * struct kn_irq_vector - the argument of one vector's handler
 * @irq: the vectors it belongs to
 * @number: from 0 on
 */
struct kn_irq_vector {
	struct kn_irq_type *irq;
	u32 number;
};

/**
 * struct kn_irq_type - what struct kn_irq stores
 * @handler: to be called
 * @context: its first argument
 * @count: vectors that are in use
 * @vector: one for each
 */
struct kn_irq_type {
	void (*handler)(void *context, u32 vector);
	void *context;
	u32 count;
	struct kn_irq_vector vector[KN_IRQ_VECTORS];
};

#endif
