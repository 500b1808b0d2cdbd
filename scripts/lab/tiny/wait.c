// SPDX-License-Identifier: GPL-2.0-only
#include "interrupt.h"
#include "io.h"
#include "pic.h"
#include "wait.h"

/* The PC's real-time clock. */
#define CMOS_ADDRESS 0x70
#define CMOS_DATA 0x71
#define CMOS_SECONDS 0

/* Reading the clock is slow in a virtual machine, so most polls do without. */
#define POLLS_PER_LOOK 0x4000

static u32 limit;

u8 wait_second(void)
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
	wait->ticks = interrupts_ticks();
	wait->second = wait_second();
}

bool wait_more(struct wait *wait)
{
	u8 second;

	if (interrupts_on()) {
		interrupts_wait();
		return interrupts_ticks() - wait->ticks <= limit * TICKS_PER_SECOND;
	}
	relax();
	wait->polls++;
	/* On a machine without a clock, 2^32 polls are the bound. */
	if (!wait->polls)
		return false;
	if (wait->polls % POLLS_PER_LOOK)
		return true;
	second = wait_second();
	if (second != wait->second) {
		wait->second = second;
		wait->seconds++;
	}
	/* The first second is a part of one. */
	return wait->seconds <= limit;
}
