/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DRIVERS_KERNEL_WORK_TYPE_H
#define DRIVERS_KERNEL_WORK_TYPE_H

#include <linux/workqueue.h>

/**
 * struct kn_work_type - what struct kn_work stores
 * @work: the kernel's part
 * @function: what to run
 * @context: its argument
 */
struct kn_work_type {
	struct work_struct work;
	void (*function)(void *context);
	void *context;
};

#endif
