/* SPDX-License-Identifier: GPL-2.0-only */
/* A legacy virtio device: the registers of BAR 0, and its life until it is in use. */
#ifndef TINY_LEGACY_H
#define TINY_LEGACY_H

#include "queue.h"
#include "types.h"

enum access_width {
	WIDTH_NATURAL,		/* each register's own width */
	WIDTH_WIDE_ALIGNED,	/* 32 bits where the offset is a multiple of 4 */
	WIDTH_WIDE,		/* 32 bits everywhere */
};

/* Console: ports 0 and 1, and the control queues. */
#define MAX_QUEUES 6

struct interrupt_source;

struct legacy {
	u16 base;
	struct interrupt_source *source;	/* NULL if the device is polled */
	bool suppress;				/* asks for no interrupts all the same */
	enum access_width width;
	u32 offered;		/* features of the device */
	struct queue queues[MAX_QUEUES];
	u32 queue_count;
	const char *error;	/* the first failure, or NULL */
	bool error_has_value;
	u32 error_value;
};

/* Note the first failure of a device. Always return false. */
bool legacy_fail(struct legacy *device, const char *why);
bool legacy_fail_value(struct legacy *device, const char *why, u32 value);

/*
 * Note that a wait is over. If an entry of a used ring came without an interrupt, that is the failure
 * instead. Always return false.
 */
bool legacy_late(struct legacy *device, const char *why);
bool legacy_late_value(struct legacy *device, const char *why, u32 value);

/* Resets the device, and accepts those of the features in @wanted that it offers. */
bool legacy_begin(struct legacy *device, u32 wanted);

/* Sets up a queue, before legacy_start(). Returns NULL on a failure. */
struct queue *legacy_queue(struct legacy *device, u16 number);

/* Puts the device into use. */
bool legacy_start(struct legacy *device);

void legacy_notify(struct legacy *device, u16 queue);

/* Device configuration, in the place it has while MSI-X is off. */
u8 legacy_config8(struct legacy *device, u8 offset);
u32 legacy_config32(struct legacy *device, u8 offset);

#endif
