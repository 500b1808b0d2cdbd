// SPDX-License-Identifier: GPL-2.0-only
#include <linux/completion.h>
#include <linux/sched.h>

#include "drivers/kernel/compat_wait.h"
#include "kernel/wait.h"

static struct completion *to_completion(struct kn_completion *completion)
{
	BUILD_BUG_ON(sizeof(*completion) < sizeof(struct completion));
	return (struct completion *)completion;
}

void kn_completion_init(struct kn_completion *completion)
{
	init_completion(to_completion(completion));
}

void kn_complete(struct kn_completion *completion)
{
	complete(to_completion(completion));
}

/* Takes the completion's lock where it says yes, so complete() is done with it then. */
bool kn_try_wait(struct kn_completion *completion)
{
	return try_wait_for_completion(to_completion(completion));
}

int kn_wait(struct kn_completion *completion, u32 ms)
{
	return kn_completion_wait(to_completion(completion), TASK_UNINTERRUPTIBLE, ms);
}

int kn_wait_killable_until(struct kn_completion *completion, u64 deadline)
{
	const int ret = kn_completion_wait_deadline(to_completion(completion), deadline);

	return ret < 0 ? -EINTR : ret;
}

int kn_wait_killable_for(struct kn_completion *completion, u32 ms)
{
	const int ret = kn_completion_wait(to_completion(completion), TASK_KILLABLE, ms);

	return ret < 0 ? -EINTR : ret;
}
