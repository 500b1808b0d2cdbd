/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What delays a work. With PREEMPT_RT a timer of the timer wheel expires in a thread of its
 * processor, ktimers, which a thread with a realtime policy keeps from running. There a timer that
 * expires in hard interrupt context queues the work. Other kernels run the timer wheel in interrupt
 * context.
 */
#ifndef DRIVERS_KERNEL_COMPAT_DELAYED_WORK_H
#define DRIVERS_KERNEL_COMPAT_DELAYED_WORK_H

#include <linux/workqueue.h>

#ifdef CONFIG_PREEMPT_RT
#include <linux/hrtimer.h>

/**
 * struct kn_delay - a work, and what queues it
 * @work: the work
 * @timer: queues @work
 * @queue: where
 * @cancelled: kn_delay_start() does nothing
 */
struct kn_delay {
	struct work_struct work;
	struct hrtimer timer;
	struct workqueue_struct *queue;
	bool cancelled;
};

static inline struct kn_delay *kn_delay_of(struct work_struct *work)
{
	return container_of(work, struct kn_delay, work);
}

static inline enum hrtimer_restart kn_delay_expired(struct hrtimer *timer)
{
	struct kn_delay *delay = container_of(timer, struct kn_delay, timer);

	queue_work(delay->queue, &delay->work);
	return HRTIMER_NORESTART;
}

static inline void kn_delay_init(struct kn_delay *delay, work_func_t function)
{
	INIT_WORK(&delay->work, function);
#ifdef KN_HAVE_HRTIMER_SETUP
	hrtimer_setup(&delay->timer, kn_delay_expired, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
#else
	hrtimer_init(&delay->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	delay->timer.function = kn_delay_expired;
#endif
	delay->cancelled = false;
}

static inline void kn_delay_start(struct kn_delay *delay, struct workqueue_struct *queue, u32 ms)
{
	delay->queue = queue;
	if (!READ_ONCE(delay->cancelled))
		hrtimer_start(&delay->timer, ms_to_ktime(ms), HRTIMER_MODE_REL_HARD);
}

/*
 * Only the work's function may start the work meanwhile. If it does so before it sees the flag, a
 * timer is left, which may queue the work once more.
 */
static inline void kn_delay_cancel(struct kn_delay *delay)
{
	WRITE_ONCE(delay->cancelled, true);
	hrtimer_cancel(&delay->timer);
	cancel_work_sync(&delay->work);
	hrtimer_cancel(&delay->timer);
	cancel_work_sync(&delay->work);
	WRITE_ONCE(delay->cancelled, false);
}
#else
/**
 * struct kn_delay - a work, and what queues it
 * @work: both
 */
struct kn_delay {
	struct delayed_work work;
};

static inline struct kn_delay *kn_delay_of(struct work_struct *work)
{
	return container_of(to_delayed_work(work), struct kn_delay, work);
}

static inline void kn_delay_init(struct kn_delay *delay, work_func_t function)
{
	INIT_DELAYED_WORK(&delay->work, function);
}

static inline void kn_delay_start(struct kn_delay *delay, struct workqueue_struct *queue, u32 ms)
{
	mod_delayed_work(queue, &delay->work, msecs_to_jiffies(ms));
}

static inline void kn_delay_cancel(struct kn_delay *delay)
{
	cancel_delayed_work_sync(&delay->work);
}
#endif

#endif
