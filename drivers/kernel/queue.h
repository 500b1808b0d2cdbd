/* SPDX-License-Identifier: GPL-2.0-only */
/* The workqueue of kn_work_schedule() and kn_delayed_work_start(), from a module's init to its exit. */
#ifndef DRIVERS_KERNEL_QUEUE_H
#define DRIVERS_KERNEL_QUEUE_H

#include <linux/workqueue.h>

/**
 * kn_queue_setup() - before any work is scheduled
 *
 * Context: may sleep. Return: 0 or -ENOMEM.
 */
int kn_queue_setup(void);

/**
 * kn_queue_teardown() - after all work is cancelled
 *
 * Context: may sleep.
 */
void kn_queue_teardown(void);

/**
 * kn_queue() - the module's workqueue
 *
 * Context: any.
 */
struct workqueue_struct *kn_queue(void);

#endif
