/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DRIVERS_KERNEL_TIMER_TYPE_H
#define DRIVERS_KERNEL_TIMER_TYPE_H

#include <linux/timer.h>

/**
 * struct kn_timer_type - what struct kn_timer stores
 * @timer: the kernel's part
 * @function: what to call
 * @context: its argument
 */
struct kn_timer_type {
	struct timer_list timer;
	void (*function)(void *context);
	void *context;
};

#endif
