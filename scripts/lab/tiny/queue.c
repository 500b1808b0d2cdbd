// SPDX-License-Identifier: GPL-2.0-only
#include "io.h"
#include "legacy.h"
#include "memory.h"
#include "queue.h"
#include "wait.h"

/* Virtqueues: virtio 0.9.5, 2.3; virtio 1.3, 2.7 and its legacy layout, 2.7.2. */
#define DESCRIPTOR_NEXT 1
#define DESCRIPTOR_WRITE 2
#define AVAIL_NO_INTERRUPT 1

struct descriptor {
	u32 address, address_high, size;
	u16 flags, next;
};

struct avail_ring {
	u16 flags, index, heads[];
};

struct used_ring {
	u16 flags, index;
	struct {
		u32 head, written;
	} entries[];
};

static u32 to_page(u32 size)
{
	return (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

bool queue_init(struct queue *queue, struct legacy *device, u16 number, u16 size)
{
	/* Each ring ends with an event index, which is unused without its feature. */
	u32 avail = size * sizeof(struct descriptor);
	u32 used = to_page(avail + sizeof(struct avail_ring) + (size + 1) * sizeof(u16));
	u32 end = to_page(used + sizeof(struct used_ring) + size * 8 + sizeof(u16));
	u8 *memory = pages(end / PAGE_SIZE);

	if (!memory)
		return false;
	memset(queue, 0, sizeof(*queue));
	queue->device = device;
	queue->number = number;
	queue->size = size;
	queue->descriptors = (void *)memory;
	queue->avail = (void *)(memory + avail);
	queue->used = (void *)(memory + used);
	queue->avail->flags = device->source && !device->suppress ? 0 : AVAIL_NO_INTERRUPT;
	return true;
}

void queue_add(struct queue *queue, u16 head, const struct segment *segments, u32 count)
{
	struct descriptor *descriptor = &queue->descriptors[head];
	u32 index;

	for (index = 0; index < count; index++, descriptor++) {
		bool last = index == count - 1;

		descriptor->address = address_of(segments[index].data);
		descriptor->address_high = 0;
		descriptor->size = segments[index].size;
		descriptor->flags = (segments[index].for_device ? DESCRIPTOR_WRITE : 0) |
				    (last ? 0 : DESCRIPTOR_NEXT);
		descriptor->next = last ? 0 : head + index + 1;
	}
	queue->avail->heads[queue->made % queue->size] = head;
	/* The device must see descriptors and entry before the index. */
	compiler_barrier();
	queue->made++;
	queue->avail->index = queue->made;
}

void queue_notify(struct queue *queue)
{
	/* The device must see the index before the notification. */
	full_barrier();
	/* The used ring's flags are not read: a needless notification does no harm. */
	legacy_notify(queue->device, queue->number);
}

void queue_cover(struct queue *queue)
{
	compiler_barrier();
	queue->covered = queue->used->index;
}

bool queue_has_lost(const struct queue *queue)
{
	compiler_barrier();
	return queue->device->source && queue->covered == (u16)queue->taken &&
	       queue->used->index != queue->covered;
}

bool queue_take(struct queue *queue, u16 *head, u32 *written)
{
	u32 slot = queue->taken % queue->size;
	u32 id;

	if (!queue->device->source)
		queue_cover(queue);
	if (queue->covered == (u16)queue->taken)
		return false;
	/* The entry must be read after the index. */
	compiler_barrier();
	id = queue->used->entries[slot].head;
	*written = queue->used->entries[slot].written;
	queue->taken++;
	if (id >= queue->size)
		return legacy_fail_value(queue->device, "used entry of no request, id", id);
	*head = id;
	return true;
}

bool queue_request(struct queue *queue, const struct segment *segments, u32 count, u32 *written)
{
	struct wait wait;
	u16 head = 0;

	if (count > queue->size)
		return legacy_fail_value(queue->device, "queue too small, number", queue->number);
	queue_add(queue, 0, segments, count);
	queue_notify(queue);
	wait_start(&wait);
	while (!queue_take(queue, &head, written)) {
		if (queue->device->error)
			return false;
		if (!wait_more(&wait))
			return legacy_late_value(queue->device, "request not completed, queue",
						 queue->number);
	}
	if (head)
		return legacy_fail_value(queue->device, "used entry of another request, id", head);
	return true;
}
