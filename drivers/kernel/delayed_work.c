// SPDX-License-Identifier: GPL-2.0-only
#include <linux/workqueue.h>

#include "drivers/kernel/delayed_work_type.h"
#include "drivers/kernel/queue.h"
#include "kernel/delayed_work.h"

static struct kn_delayed_work_type *to_delayed_type(struct kn_delayed_work *work)
{
	BUILD_BUG_ON(sizeof(*work) < sizeof(struct kn_delayed_work_type));
	return (struct kn_delayed_work_type *)work;
}

static void kn_delayed_work_entry(struct work_struct *work)
{
	struct kn_delayed_work_type *type = container_of(kn_delay_of(work),
							 struct kn_delayed_work_type, delay);

	type->function(type->context);
}

void kn_delayed_work_init(struct kn_delayed_work *work, kn_delayed_work_function function,
			  void *context)
{
	struct kn_delayed_work_type *type = to_delayed_type(work);

	kn_delay_init(&type->delay, kn_delayed_work_entry);
	type->function = function;
	type->context = context;
}

void kn_delayed_work_start(struct kn_delayed_work *work, u32 ms)
{
	kn_delay_start(&to_delayed_type(work)->delay, kn_queue(), ms);
}

void kn_delayed_work_cancel(struct kn_delayed_work *work)
{
	kn_delay_cancel(&to_delayed_type(work)->delay);
}
