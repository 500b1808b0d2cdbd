// SPDX-License-Identifier: GPL-2.0-only
#include "io.h"
#include "pic.h"

/* Intel 8259A: initialization command words 1 to 4, then operation command words. */
#define MASTER 0x20
#define SLAVE 0xa0
#define DATA 1
#define ICW1_BEGIN_WITH_ICW4 0x11
#define ICW3_MASTER_SLAVE_ON_2 0x04
#define ICW3_SLAVE_IS_2 0x02
#define ICW4_8086 0x01
#define OCW2_END 0x20
#define OCW3_READ_IN_SERVICE 0x0b

#define CASCADE 2
#define LINES_EACH 8
#define LOWEST_PRIORITY 7

/* Intel 8254: counter 0 counts down again and again from a start of 16 bits. */
#define TIMER_COUNTER 0x40
#define TIMER_CONTROL 0x43
#define TIMER_RATE 0x34
#define TIMER_HERTZ 1193182u

static u16 mask = (u16)~(BIT(PIC_TIMER) | BIT(CASCADE));

static void write_mask(void)
{
	outb(mask, MASTER + DATA);
	outb(mask >> LINES_EACH, SLAVE + DATA);
}

static void init_one(u16 port, u8 vector, u8 icw3)
{
	outb(ICW1_BEGIN_WITH_ICW4, port);
	outb(vector, port + DATA);
	outb(icw3, port + DATA);
	outb(ICW4_8086, port + DATA);
}

/* Which lines are level triggered is in the chipset's registers, which the firmware has set. */
void pic_init(void)
{
	u32 start = TIMER_HERTZ / TICKS_PER_SECOND;

	init_one(MASTER, PIC_FIRST_VECTOR, ICW3_MASTER_SLAVE_ON_2);
	init_one(SLAVE, PIC_FIRST_VECTOR + LINES_EACH, ICW3_SLAVE_IS_2);
	write_mask();
	outb(TIMER_RATE, TIMER_CONTROL);
	outb(start, TIMER_COUNTER);
	outb(start >> 8, TIMER_COUNTER);
}

void pic_unmask(u8 line)
{
	mask &= ~BIT(line);
	write_mask();
}

void pic_mask(u8 line)
{
	mask |= BIT(line);
	write_mask();
}

bool pic_is_spurious(u8 line)
{
	u16 port = line < LINES_EACH ? MASTER : SLAVE;

	if (line % LINES_EACH != LOWEST_PRIORITY)
		return false;
	outb(OCW3_READ_IN_SERVICE, port);
	if (inb(port) & BIT(LOWEST_PRIORITY))
		return false;
	/* The master does not know that the slave's request was none. */
	if (port == SLAVE)
		outb(OCW2_END, MASTER);
	return true;
}

void pic_end(u8 line)
{
	if (line >= LINES_EACH)
		outb(OCW2_END, SLAVE);
	outb(OCW2_END, MASTER);
}
