// SPDX-License-Identifier: GPL-2.0-only
#include <linux/module.h>
#include <linux/workqueue.h>

#include "drivers/kernel/launch.h"
#include "drivers/kernel/work_type.h"
#include "kernel/work.h"

/*
 * A queue of our own: what is launched may never end, and must not use up the
 * room that others have on the system's queues.
 */
static struct workqueue_struct *kn_launch_queue;

/*
 * Each scheduled work waits for a command. A reset of a PF schedules the works of all its VFs. They
 * must neither keep launched work from running nor fill the admin queue before the guests.
 */
static struct workqueue_struct *kn_schedule_queue;

int kn_launch_init(void)
{
	kn_launch_queue = alloc_workqueue("virtio_legacy", WQ_UNBOUND, WQ_MAX_ACTIVE);
	kn_schedule_queue = alloc_workqueue("virtio_legacy_ask", WQ_UNBOUND, KN_MEMBER_WORKS);
	if (kn_launch_queue && kn_schedule_queue)
		return 0;
	kn_launch_exit();
	return -ENOMEM;
}

/* Waits for the few instructions after a last module_put(). */
void kn_launch_exit(void)
{
	if (kn_launch_queue)
		destroy_workqueue(kn_launch_queue);
	if (kn_schedule_queue)
		destroy_workqueue(kn_schedule_queue);
}

static void kn_launch_entry(struct work_struct *work)
{
	struct kn_work_type *type = container_of(work, struct kn_work_type, work);

	type->function(type->context); /* which may free it */
	module_put(THIS_MODULE);
}

void kn_work_launch(struct kn_work *work)
{
	struct kn_work_type *type = (struct kn_work_type *)work;

	/* Not initialised anew: its last run may still be about to return. */
	__module_get(THIS_MODULE);
	type->work.func = kn_launch_entry;
	queue_work(kn_launch_queue, &type->work);
}
