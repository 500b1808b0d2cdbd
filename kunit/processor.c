// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processor as the suites want it: what else their kernel runs there, and when,
 * is no case's matter. A case says itself when somebody else is to run.
 */
#include <linux/sched.h>

#include "kernel/processor.h"

/* A case may look for its answer for seconds. */
void kn_cpu_relax(void)
{
	cpu_relax();
	cond_resched();
}

bool kn_processor_wanted(void)
{
	return kt_take_preempted();
}
