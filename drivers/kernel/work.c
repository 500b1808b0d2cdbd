// SPDX-License-Identifier: GPL-2.0-only
#include <linux/workqueue.h>

#include "drivers/kernel/work_type.h"
#include "kernel/work.h"

static struct kn_work_type *to_type(struct kn_work *work)
{
	BUILD_BUG_ON(sizeof(*work) < sizeof(struct kn_work_type));
	return (struct kn_work_type *)work;
}

static void kn_work_entry(struct work_struct *work)
{
	struct kn_work_type *type = container_of(work, struct kn_work_type, work);

	type->function(type->context);
}

void kn_work_init(struct kn_work *work, kn_work_function function, void *context)
{
	struct kn_work_type *type = to_type(work);

	INIT_WORK(&type->work, kn_work_entry);
	type->function = function;
	type->context = context;
}

void kn_work_flush(struct kn_work *work)
{
	flush_work(&to_type(work)->work);
}

void kn_work_cancel(struct kn_work *work)
{
	cancel_work_sync(&to_type(work)->work);
}
