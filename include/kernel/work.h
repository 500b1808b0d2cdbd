/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_WORK_H
#define KERNEL_WORK_H

#include "kernel/sizes.h"
#include "kernel/types.h"

/* One piece of work that runs in process context. */
struct kn_work {
	u64 storage[(KN_SIZEOF_WORK + 7) / 8];
};

typedef void (*kn_work_function)(void *context);

/* Scheduled works of the VFs' driver that run at once, at most: of all VFs of the host. */
#define KN_MEMBER_WORKS 16

KN_BEGIN

/**
 * kn_work_init() - initialise a piece of work
 * @work: the work
 * @function: what it does; may sleep
 * @context: its argument
 *
 * Context: any.
 */
void kn_work_init(struct kn_work *work, kn_work_function function, void *context);

/**
 * kn_work_schedule() - run it soon, once, however often this was called before
 * @work: the work
 *
 * Context: any.
 */
void kn_work_schedule(struct kn_work *work);

/**
 * kn_work_launch() - run it soon, and keep the module until it has ended
 * @work: the work, which neither runs nor waits to
 *
 * For work that may outlast whoever launched it, and that kn_work_cancel() is not
 * for: its function may free @work. Context: any.
 */
void kn_work_launch(struct kn_work *work);

/**
 * kn_work_flush() - wait until a piece of work is neither scheduled nor running
 * @work: the work
 *
 * A kn_work_schedule() that comes meanwhile is not waited for. Context: may sleep.
 */
void kn_work_flush(struct kn_work *work);

/**
 * kn_work_cancel() - unschedule it, and wait for it if it runs
 * @work: the work
 *
 * Context: may sleep.
 */
void kn_work_cancel(struct kn_work *work);

KN_END

#endif
