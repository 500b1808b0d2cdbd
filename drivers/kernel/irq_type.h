/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DRIVERS_KERNEL_IRQ_TYPE_H
#define DRIVERS_KERNEL_IRQ_TYPE_H

#include <linux/types.h>

/**
 * struct kn_irq_type - what struct kn_irq stores
 * @handler: to be called
 * @context: its first argument
 * @number: its second argument, from 0 on
 */
struct kn_irq_type {
	void (*handler)(void *context, u32 vector);
	void *context;
	u32 number;
};

#endif
