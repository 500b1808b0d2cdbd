/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts of devices on the lines that the firmware has chosen. They are delivered inside
 * interrupts_wait() only, so the drivers need no other protection. A line that stays asserted for no
 * device's sake is masked, so that it does not keep the guest from its end.
 */
#ifndef TINY_INTERRUPT_H
#define TINY_INTERRUPT_H

#include "types.h"

struct legacy;

/* A device whose handler is installed, and what the handler has counted. */
struct interrupt_source {
	const char *name;	/* the device's type */
	u16 base;		/* first port of BAR 0 */
	u8 line;
	struct legacy *device;	/* NULL once the device's work is done */
	u32 interrupts;		/* with a bit set in ISR Status */
	u32 isr_queue, isr_config;
	u32 spurious;		/* of the line, without a bit set in any of its devices */
	u32 unread;		/* in which ISR Status was not read */
};

/*
 * Starts the interrupt controllers and the timer. For @unread_seconds from the first interrupt on,
 * the handler reads no ISR Status, so the line stays asserted. Returns NULL, or why it failed.
 */
const char *interrupts_start(u32 unread_seconds);

/* True after interrupts_start(). */
bool interrupts_on(void);

/* Installs the handler of a device. Returns NULL if the line is none, or too many are installed. */
struct interrupt_source *interrupts_add(const char *name, struct legacy *device, u8 line);

/* The sources in the order of their installation, and NULL behind the last one. */
const struct interrupt_source *interrupts_source(u32 number);

/* Sleeps until an interrupt has been handled. The timer interrupts TICKS_PER_SECOND times. */
void interrupts_wait(void);

/* Handles the interrupts that are on their way. */
void interrupts_settle(void);

/* Timer interrupts since the start. */
u32 interrupts_ticks(void);

#endif
