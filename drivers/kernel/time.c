// SPDX-License-Identifier: GPL-2.0-only
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>

#include "kernel/time.h"

u64 kn_now_ms(void)
{
	return ktime_to_ms(ktime_get());
}

u64 kn_now_us(void)
{
	return ktime_to_us(ktime_get());
}

void kn_sleep_us(u32 us)
{
	usleep_range(us, us + us / 2);
}

bool kn_killed(void)
{
	return fatal_signal_pending(current);
}
