// SPDX-License-Identifier: GPL-2.0-only
#include "io.h"
#include "wait.h"

/* The PC's real-time clock. */
#define CMOS_ADDRESS 0x70
#define CMOS_DATA 0x71
#define CMOS_SECONDS 0

/* Reading the clock is slow in a virtual machine, so most polls do without. */
#define POLLS_PER_LOOK 0x4000

static u32 limit;

/* The register may be binary or BCD: only a change of its value counts. */
static u8 clock_seconds(void)
{
	outb(CMOS_SECONDS, CMOS_ADDRESS);
	return inb(CMOS_DATA);
}

void wait_limit(u32 seconds)
{
	limit = seconds;
}

void wait_start(struct wait *wait)
{
	wait->polls = 0;
	wait->seconds = 0;
	wait->second = clock_seconds();
}

bool wait_more(struct wait *wait)
{
	u8 second;

	relax();
	wait->polls++;
	/* On a machine without a clock, 2^32 polls are the bound. */
	if (!wait->polls)
		return false;
	if (wait->polls % POLLS_PER_LOOK)
		return true;
	second = clock_seconds();
	if (second != wait->second) {
		wait->second = second;
		wait->seconds++;
	}
	/* The first second is a part of one. */
	return wait->seconds <= limit;
}
