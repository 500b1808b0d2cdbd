/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DRIVERS_KERNEL_DELAYED_WORK_TYPE_H
#define DRIVERS_KERNEL_DELAYED_WORK_TYPE_H

#include "drivers/kernel/compat_delayed_work.h"

/**
 * struct kn_delayed_work_type - what struct kn_delayed_work stores
 * @delay: the kernel's part
 * @function: what to call
 * @context: its argument
 */
struct kn_delayed_work_type {
	struct kn_delay delay;
	void (*function)(void *context);
	void *context;
};

#endif
