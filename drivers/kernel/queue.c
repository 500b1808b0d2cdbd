// SPDX-License-Identifier: GPL-2.0-only
#include <linux/workqueue.h>

#include "drivers/kernel/queue.h"
#include "drivers/kernel/work_type.h"
#include "kernel/work.h"

/*
 * Waits of guests and the recovery of devices rely on this queue: WQ_MEM_RECLAIM, because a guest's
 * memory may be what the host needs; WQ_UNBOUND, because a vCPU with a realtime policy keeps its
 * processor.
 */
static struct workqueue_struct *kn_workqueue;
/*
 * A recovery takes seconds. Without free memory a queue has a single thread, where it would hold up
 * the watchdog, which ends the waits of guests.
 */
static struct workqueue_struct *kn_long_workqueue;

int kn_queue_setup(void)
{
	kn_workqueue = alloc_workqueue("virtio_owner",
				       WQ_UNBOUND | WQ_HIGHPRI | WQ_MEM_RECLAIM, 0);
	kn_long_workqueue = alloc_workqueue("virtio_owner_recovery",
					    WQ_UNBOUND | WQ_HIGHPRI | WQ_MEM_RECLAIM, 0);
	if (kn_workqueue && kn_long_workqueue)
		return 0;
	kn_queue_teardown();
	return -ENOMEM;
}

void kn_queue_teardown(void)
{
	if (kn_workqueue)
		destroy_workqueue(kn_workqueue);
	if (kn_long_workqueue)
		destroy_workqueue(kn_long_workqueue);
}

struct workqueue_struct *kn_queue(void)
{
	return kn_workqueue;
}

void kn_work_schedule(struct kn_work *work)
{
	struct kn_work_type *type = (struct kn_work_type *)work;

	queue_work(kn_long_workqueue, &type->work);
}
