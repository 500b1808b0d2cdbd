/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_DELAYED_WORK_H
#define KERNEL_DELAYED_WORK_H

#include "kernel/sizes.h"
#include "kernel/types.h"

/* A function that runs in process context after a delay. */
struct kn_delayed_work {
	u64 storage[(KN_SIZEOF_DELAYED_WORK + 7) / 8];
};

typedef void (*kn_delayed_work_function)(void *context);

KN_BEGIN

/**
 * kn_delayed_work_init() - initialise a delayed work, not started
 * @work: the delayed work
 * @function: what it calls; may sleep
 * @context: its argument
 *
 * Context: any.
 */
void kn_delayed_work_init(struct kn_delayed_work *work, kn_delayed_work_function function,
			  void *context);

/**
 * kn_delayed_work_start() - call the function once, after a delay
 * @work: the delayed work; one that is started already gets the new delay
 * @ms: the delay, in milliseconds
 *
 * The function runs on a workqueue that makes progress without free memory. Context: any.
 */
void kn_delayed_work_start(struct kn_delayed_work *work, u32 ms);

/**
 * kn_delayed_work_cancel() - stop a delayed work, and wait for its function if it runs
 * @work: the delayed work, which only its own function may start meanwhile
 *
 * Context: may sleep.
 */
void kn_delayed_work_cancel(struct kn_delayed_work *work);

KN_END

#endif
