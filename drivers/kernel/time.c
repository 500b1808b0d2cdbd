// SPDX-License-Identifier: GPL-2.0-only
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/processor.h>
#include <linux/sched/signal.h>
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

bool kn_need_resched(void)
{
	return need_resched();
}

bool kn_killed(void)
{
	return fatal_signal_pending(current);
}
