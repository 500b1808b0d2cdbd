/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Waiting for a completion for some time. With PREEMPT_RT a timer that expires in hard interrupt
 * context wakes the waiter, for the reason in compat_delayed_work.h.
 */
#ifndef DRIVERS_KERNEL_COMPAT_WAIT_H
#define DRIVERS_KERNEL_COMPAT_WAIT_H

#include <linux/completion.h>
#include <linux/jiffies.h>

#ifdef CONFIG_PREEMPT_RT
#include <linux/hrtimer.h>
#include <linux/sched.h>
#include <linux/swait.h>

static inline void kn_sleeper_init(struct hrtimer_sleeper *sleeper)
{
#ifdef KN_HAVE_HRTIMER_SETUP
	hrtimer_setup_sleeper_on_stack(sleeper, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);
#else
	hrtimer_init_sleeper_on_stack(sleeper, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);
#endif
}

/*
 * @end: of CLOCK_MONOTONIC. Return: 1 if complete, 0 if @end is over, -ERESTARTSYS for a signal
 * that @state allows.
 */
static inline int kn_completion_wait_until(struct completion *completion, unsigned int state,
					   ktime_t end)
{
	struct hrtimer_sleeper sleeper;
	bool complete = false;
	int ret;

	kn_sleeper_init(&sleeper);
	hrtimer_set_expires(&sleeper.timer, end);
	hrtimer_sleeper_start_expires(&sleeper, HRTIMER_MODE_ABS_HARD);
	ret = ___swait_event(completion->wait,
			     (complete = try_wait_for_completion(completion)) ||
			     !READ_ONCE(sleeper.task),
			     state, 0, schedule());
	hrtimer_cancel(&sleeper.timer);
	destroy_hrtimer_on_stack(&sleeper.timer);
	return complete ? 1 : ret;
}

static inline int kn_completion_wait(struct completion *completion, unsigned int state, u32 ms)
{
	return kn_completion_wait_until(completion, state,
					ktime_add_ms(ktime_get(), ms));
}

/* Killable. @end: in milliseconds. Return: as kn_completion_wait_until(). */
static inline int kn_completion_wait_deadline(struct completion *completion, u64 end)
{
	return kn_completion_wait_until(completion, TASK_KILLABLE, ms_to_ktime(end));
}
#else
/* Another thread completes it in time, whatever happens. */
static inline int kn_completion_wait_deadline(struct completion *completion, u64 end)
{
	return wait_for_completion_killable(completion) ?: 1;
}

static inline int kn_completion_wait(struct completion *completion, unsigned int state, u32 ms)
{
	long left;

	if (state == TASK_KILLABLE)
		left = wait_for_completion_killable_timeout(completion, msecs_to_jiffies(ms));
	else
		left = wait_for_completion_timeout(completion, msecs_to_jiffies(ms));
	return left < 0 ? left : !!left;
}
#endif

#endif
