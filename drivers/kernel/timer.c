// SPDX-License-Identifier: GPL-2.0-only
#include <linux/jiffies.h>
#include <linux/timer.h>

#include "drivers/kernel/compat_timer.h"
#include "drivers/kernel/timer_type.h"
#include "kernel/timer.h"

static struct kn_timer_type *to_timer_type(struct kn_timer *timer)
{
	BUILD_BUG_ON(sizeof(*timer) < sizeof(struct kn_timer_type));
	return (struct kn_timer_type *)timer;
}

static void kn_timer_entry(struct timer_list *timer)
{
	struct kn_timer_type *type = container_of(timer, struct kn_timer_type, timer);

	type->function(type->context);
}

void kn_timer_init(struct kn_timer *timer, kn_timer_function function, void *context)
{
	struct kn_timer_type *type = to_timer_type(timer);

	timer_setup(&type->timer, kn_timer_entry, 0);
	type->function = function;
	type->context = context;
}

void kn_timer_start(struct kn_timer *timer, u32 ms)
{
	mod_timer(&to_timer_type(timer)->timer, jiffies + msecs_to_jiffies(ms));
}

void kn_timer_stop(struct kn_timer *timer)
{
	kn_timer_delete_sync(&to_timer_type(timer)->timer);
}
