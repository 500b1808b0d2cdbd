/* SPDX-License-Identifier: GPL-2.0-only */
/* The workqueue of include/kernel/delayed_work.h, from a module's init to its exit. */
#ifndef DRIVERS_KERNEL_DELAYED_WORK_H
#define DRIVERS_KERNEL_DELAYED_WORK_H

/**
 * kn_delayed_work_setup() - before the first kn_delayed_work_start()
 *
 * Context: may sleep. Return: 0 or -ENOMEM.
 */
int kn_delayed_work_setup(void);

/**
 * kn_delayed_work_teardown() - after the last kn_delayed_work_cancel()
 *
 * Context: may sleep.
 */
void kn_delayed_work_teardown(void);

#endif
