/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A split virtqueue in the legacy layout. Polled, unless the device has an interrupt handler: then an
 * entry of the used ring is taken only after an interrupt that came later than the entry.
 */
#ifndef TINY_QUEUE_H
#define TINY_QUEUE_H

#include "types.h"

struct legacy;
struct descriptor;
struct avail_ring;
struct used_ring;

struct queue {
	struct legacy *device;
	u16 number, size;
	u32 made;		/* available entries made so far */
	u32 taken;		/* used entries taken so far */
	u16 covered;		/* used index at the last interrupt */
	struct descriptor *descriptors;
	struct avail_ring *avail;
	struct used_ring *used;
};

/* A part of a request. */
struct segment {
	void *data;
	u32 size;
	bool for_device;	/* the device writes it */
};

/* Returns false if memory is short. */
bool queue_init(struct queue *queue, struct legacy *device, u16 number, u16 size);

/* Makes a request of @count segments available, in descriptors @head and following. */
void queue_add(struct queue *queue, u16 head, const struct segment *segments, u32 count);

void queue_notify(struct queue *queue);

/* Takes the next completed request. Returns false if there is none. */
bool queue_take(struct queue *queue, u16 *head, u32 *written);

/* Called by the interrupt handler: entries used until now may be taken. */
void queue_cover(struct queue *queue);

/* True if an entry of the used ring came without an interrupt. */
bool queue_has_lost(const struct queue *queue);

/* Submits a request in descriptors 0 and following, and waits for it. No other may be in use. */
bool queue_request(struct queue *queue, const struct segment *segments, u32 count, u32 *written);

#endif
