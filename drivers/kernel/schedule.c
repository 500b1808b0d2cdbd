// SPDX-License-Identifier: GPL-2.0-only
/* For virtio_legacy_vfio_pci; virtio_owner has queue.c. */
#include <linux/workqueue.h>

#include "drivers/kernel/work_type.h"
#include "kernel/work.h"

void kn_work_schedule(struct kn_work *work)
{
	struct kn_work_type *type = (struct kn_work_type *)work;

	queue_work(kn_schedule_queue, &type->work);
}
