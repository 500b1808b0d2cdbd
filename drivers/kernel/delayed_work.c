// SPDX-License-Identifier: GPL-2.0-only
#include <linux/jiffies.h>
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
	struct kn_delayed_work_type *type = container_of(to_delayed_work(work),
							 struct kn_delayed_work_type, work);

	type->function(type->context);
}

void kn_delayed_work_init(struct kn_delayed_work *work, kn_delayed_work_function function,
			  void *context)
{
	struct kn_delayed_work_type *type = to_delayed_type(work);

	INIT_DELAYED_WORK(&type->work, kn_delayed_work_entry);
	type->function = function;
	type->context = context;
}

void kn_delayed_work_start(struct kn_delayed_work *work, u32 ms)
{
	mod_delayed_work(kn_queue(), &to_delayed_type(work)->work, msecs_to_jiffies(ms));
}

void kn_delayed_work_cancel(struct kn_delayed_work *work)
{
	cancel_delayed_work_sync(&to_delayed_type(work)->work);
}
