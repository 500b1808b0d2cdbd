/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The workqueue of all work of the module, which its main.c makes.
 */
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
