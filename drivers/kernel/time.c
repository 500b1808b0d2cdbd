// SPDX-License-Identifier: GPL-2.0-only
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/processor.h>
#include <linux/sched/signal.h>

#include "kernel/time.h"

u64 kn_now_ms(void)
{
	/* Several times a command: reading the processor's clock costs more than the rest of it. */
	return jiffies64_to_msecs(get_jiffies_64());
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
