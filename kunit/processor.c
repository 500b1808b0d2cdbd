// SPDX-License-Identifier: GPL-2.0-only
/* What a loop that does not sleep asks of its processor. */
#include <linux/processor.h>
#include <linux/sched.h>

#include "kernel/time.h"

void kn_cpu_relax(void)
{
	cpu_relax();
}

/* Not whether it is alone there: which tasks a test's kernel runs beside it is no case's matter. */
bool kn_processor_wanted(void)
{
	return need_resched();
}
