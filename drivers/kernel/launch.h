/* SPDX-License-Identifier: GPL-2.0-only */
/* Where kn_work_launch() and kn_work_schedule() run work; around a module's life. */
#ifndef DRIVERS_KERNEL_LAUNCH_H
#define DRIVERS_KERNEL_LAUNCH_H

/**
 * kn_launch_init() - before anything is launched or scheduled
 *
 * Context: may sleep. Return: 0 or -ENOMEM.
 */
int kn_launch_init(void);

/**
 * kn_launch_exit() - after everything that was launched let the module go
 *
 * Context: may sleep.
 */
void kn_launch_exit(void);

#endif
