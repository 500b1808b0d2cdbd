/* SPDX-License-Identifier: GPL-2.0-only */
/* A bound for every loop that waits: the guest must end with an error text, not hang. */
#ifndef TINY_WAIT_H
#define TINY_WAIT_H

#include "types.h"

struct wait {
	u32 polls, seconds;
	u32 ticks;	/* the timer's at the start, with interrupts */
	u8 second;	/* the clock's seconds at the last look */
};

/* Sets how many seconds a later wait may take. */
void wait_limit(u32 seconds);

void wait_start(struct wait *wait);

/* Pauses, with interrupts until there was one. Returns false if the time is over. */
bool wait_more(struct wait *wait);

/* The clock's seconds. Only a change of the value counts, because it may be binary or BCD. */
u8 wait_second(void);

#endif
