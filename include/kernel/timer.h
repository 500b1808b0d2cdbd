/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include "kernel/sizes.h"
#include "kernel/types.h"

/* One timer. */
struct kn_timer {
	u64 storage[(KN_SIZEOF_TIMER + 7) / 8];
};

typedef void (*kn_timer_function)(void *context);

KN_BEGIN

/**
 * kn_timer_init() - initialise a timer, not started
 * @timer: the timer
 * @function: what it calls, in an interrupt's context
 * @context: its argument
 */
void kn_timer_init(struct kn_timer *timer, kn_timer_function function, void *context);

/**
 * kn_timer_start() - call the function once, after some time
 * @timer: the timer; one that was started already gets the new time
 * @ms: about so many milliseconds
 *
 * Context: any.
 */
void kn_timer_start(struct kn_timer *timer, u32 ms);

/**
 * kn_timer_stop() - call the function no more, and wait for it if it runs
 * @timer: the timer, which nobody starts meanwhile but the function, that one time
 *
 * Context: may sleep.
 */
void kn_timer_stop(struct kn_timer *timer);

KN_END

#endif
