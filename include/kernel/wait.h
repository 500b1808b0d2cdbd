/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_WAIT_H
#define KERNEL_WAIT_H

#include "kernel/sizes.h"
#include "kernel/types.h"

struct kn_completion {
	u64 storage[(KN_SIZEOF_COMPLETION + 7) / 8];
};

KN_BEGIN

/**
 * kn_completion_init() - initialise a completion, not complete
 * @completion: the completion
 *
 * Context: any.
 */
void kn_completion_init(struct kn_completion *completion);

/**
 * kn_complete() - wake one waiter
 * @completion: the completion
 *
 * Does not touch it any more once a waiter has got it, so it may be on the waiter's stack.
 * Context: any.
 */
void kn_complete(struct kn_completion *completion);

/**
 * kn_try_wait() - take a completion if it is complete
 * @completion: the completion
 *
 * Context: any. Return: whether it was.
 */
bool kn_try_wait(struct kn_completion *completion);

/**
 * kn_wait() - wait for a completion
 * @completion: the completion
 * @ms: at most so many milliseconds
 *
 * Context: may sleep. Return: 1 if complete, 0 if the time is over.
 */
int kn_wait(struct kn_completion *completion, u32 ms);

/**
 * kn_wait_killable_until() - wait for a completion unless killed, at least until a deadline
 * @completion: the completion, which a work completes soon after @deadline at the latest
 * @deadline: kn_now_ms()
 *
 * With PREEMPT_RT, threads with a realtime policy can keep that work from running, so the wait ends
 * at @deadline. Other kernels do not read @deadline. Context: may sleep. Return: 1 if complete, 0
 * if @deadline is over, -EINTR if the task is being killed.
 */
int kn_wait_killable_until(struct kn_completion *completion, u64 deadline);

/**
 * kn_wait_killable_for() - wait for a completion unless killed, for some time
 * @completion: the completion
 * @ms: at most so many milliseconds
 *
 * Context: may sleep. Return: 1 if complete, 0 if the time is over, -EINTR if
 * the task is being killed.
 */
int kn_wait_killable_for(struct kn_completion *completion, u32 ms);

KN_END

#endif
