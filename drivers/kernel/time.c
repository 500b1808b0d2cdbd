// SPDX-License-Identifier: GPL-2.0-only
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/processor.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>
#include <linux/timekeeping.h>

#include "kernel/time.h"

u64 kn_now_ms(void)
{
	/* For each command: without a look at the processor's counter, which is half the cost. */
	return ktime_to_ms(ktime_get_coarse());
}

u64 kn_now_us(void)
{
	return ktime_to_us(ktime_get());
}

void kn_sleep_us(u32 us)
{
	usleep_range(us, us + us / 2);
}

void kn_cpu_relax(void)
{
	cpu_relax();
}

bool kn_processor_wanted(void)
{
	/* A task that is woken does not always preempt at once. */
	return need_resched() || !single_task_running();
}

bool kn_killed(void)
{
	return fatal_signal_pending(current);
}
