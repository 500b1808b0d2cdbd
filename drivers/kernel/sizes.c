// SPDX-License-Identifier: GPL-2.0-only
/* Sizes of kernel types for kernel/sizes.h, so that C++ can hold them by value. */
#define COMPILE_OFFSETS
/* Compiled before all else, so that an unfit kernel is refused in one line. */
#include "drivers/kernel/compat.h"

#include <linux/completion.h>
#include <linux/kbuild.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "drivers/kernel/delayed_work_type.h"
#include "drivers/kernel/irq_type.h"
#include "drivers/kernel/listener_type.h"
#include "drivers/kernel/work_type.h"

int main(void);

int main(void)
{
	DEFINE(KN_LOCKDEP, IS_ENABLED(CONFIG_LOCKDEP));
	DEFINE(KN_SIZEOF_SPINLOCK, sizeof(spinlock_t));
	DEFINE(KN_SIZEOF_MUTEX, sizeof(struct mutex));
	DEFINE(KN_SIZEOF_COMPLETION, sizeof(struct completion));
	DEFINE(KN_SIZEOF_RATELIMIT, sizeof(struct ratelimit_state));
	DEFINE(KN_SIZEOF_WORK, sizeof(struct kn_work_type));
	DEFINE(KN_SIZEOF_DELAYED_WORK, sizeof(struct kn_delayed_work_type));
	DEFINE(KN_SIZEOF_LISTENER, sizeof(struct kn_listener_type));
	DEFINE(KN_SIZEOF_IRQ, sizeof(struct kn_irq_type));
	return 0;
}
