// SPDX-License-Identifier: GPL-2.0-only
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/sched/stat.h>

#include "kernel/processor.h"

void kn_cpu_relax(void)
{
	cpu_relax();
}

bool kn_processor_wanted(void)
{
	/* A task that is woken does not always preempt at once. */
	return need_resched() || !single_task_running();
}
