// SPDX-License-Identifier: GPL-2.0-only
#include "interrupt.h"
#include "io.h"
#include "legacy.h"
#include "pic.h"
#include "wait.h"

#define VECTOR_SIZE 8	/* of vectors.S */
#define MAX_SOURCES 32
#define MAX_SPURIOUS 10000	/* one after the other, of one line */

#define ISR_STATUS 19
#define ISR_QUEUE BIT(0)
#define ISR_CONFIG BIT(1)

/* Intel SDM, volume 3: 3.4.5 segment descriptors, 6.11 gates. */
#define CODE_SELECTOR 8
#define CODE_DESCRIPTOR 0x00cf9a000000ffffull
#define DATA_DESCRIPTOR 0x00cf92000000ffffull
#define INTERRUPT_GATE 0x8e00

struct gate {
	u16 offset, selector, type, offset_high;
} __packed;

struct table_pointer {
	u16 limit;
	u32 base;
} __packed;

extern const u8 interrupt_vectors[];

static const u64 segments[] = { 0, CODE_DESCRIPTOR, DATA_DESCRIPTOR };
static struct gate gates[PIC_FIRST_VECTOR + PIC_LINES];
static struct interrupt_source sources[MAX_SOURCES];
static u32 source_count;
static bool on;
static volatile u32 ticks;
static u32 unread_ticks, first_unread;
static bool any_unread;
static u32 spurious[PIC_LINES];	/* since the last interrupt of a device on the line */

static void load_segments(void)
{
	struct table_pointer pointer = { sizeof(segments) - 1, (u32)segments };

	asm volatile("lgdt %0\n\t"
		     "ljmp $8, $1f\n"
		     "1:\tmovl $16, %%eax\n\t"
		     "movw %%ax, %%ds\n\t"
		     "movw %%ax, %%es\n\t"
		     "movw %%ax, %%ss"
		     : : "m" (pointer) : "eax", "memory");
}

static void load_gates(void)
{
	struct table_pointer pointer = { sizeof(gates) - 1, (u32)gates };
	u32 line, entry;

	for (line = 0; line < PIC_LINES; line++) {
		entry = (u32)interrupt_vectors + line * VECTOR_SIZE;
		gates[PIC_FIRST_VECTOR + line] = (struct gate){
			.offset = entry,
			.selector = CODE_SELECTOR,
			.type = INTERRUPT_GATE,
			.offset_high = entry >> 16,
		};
	}
	asm volatile("lidt %0" : : "m" (pointer) : "memory");
}

const char *interrupts_start(u32 unread_seconds)
{
	struct wait wait;

	load_segments();
	load_gates();
	pic_init();
	unread_ticks = unread_seconds * TICKS_PER_SECOND;
	/* Nothing may sleep before the timer is known to wake it. */
	wait_start(&wait);
	while (!ticks) {
		asm volatile("sti; nop; cli" : : : "memory");
		if (!wait_more(&wait))
			return "no timer interrupt";
	}
	on = true;
	return NULL;
}

bool interrupts_on(void)
{
	return on;
}

u32 interrupts_ticks(void)
{
	return ticks;
}

const struct interrupt_source *interrupts_source(u32 number)
{
	return number < source_count ? &sources[number] : NULL;
}

struct interrupt_source *interrupts_add(const char *name, struct legacy *device, u8 line)
{
	struct interrupt_source *source = &sources[source_count];

	if (source_count == MAX_SOURCES || line == PIC_TIMER || line >= PIC_LINES)
		return NULL;
	source_count++;
	source->name = name;
	source->base = device->base;
	source->line = line;
	source->device = device;
	pic_unmask(line);
	return source;
}

/* No interrupt can come between the two instructions: STI takes effect after the next one. */
void interrupts_wait(void)
{
	asm volatile("sti; hlt; cli" : : : "memory");
}

void interrupts_settle(void)
{
	u32 start = ticks;

	while (ticks - start < 2)
		interrupts_wait();
}

static void cover_queues(struct legacy *device)
{
	u32 number;

	for (number = 0; number < device->queue_count; number++)
		queue_cover(&device->queues[number]);
}

/* Reads ISR Status before the used indices, so an entry that is not seen has another interrupt. */
static bool handle_source(struct interrupt_source *source)
{
	u8 isr = inb(source->base + ISR_STATUS);

	if (!isr)
		return false;
	source->interrupts++;
	source->isr_queue += isr & ISR_QUEUE ? 1 : 0;
	source->isr_config += isr & ISR_CONFIG ? 1 : 0;
	if (source->device && isr & ISR_QUEUE)
		cover_queues(source->device);
	return true;
}

static bool leaves_unread(void)
{
	if (!unread_ticks)
		return false;
	if (!any_unread)
		first_unread = ticks;
	any_unread = true;
	return ticks - first_unread < unread_ticks;
}

static void note_spurious(u8 line)
{
	u32 number;

	for (number = 0; number < source_count; number++)
		if (sources[number].line == line)
			sources[number].spurious++;
	if (++spurious[line] == MAX_SPURIOUS)
		pic_mask(line);
}

static void handle_line(u8 line)
{
	bool unread = leaves_unread(), handled = unread;
	u32 number;

	for (number = 0; number < source_count; number++) {
		if (sources[number].line != line)
			continue;
		if (unread)
			sources[number].unread++;
		else if (handle_source(&sources[number]))
			handled = true;
	}
	if (handled)
		spurious[line] = 0;
	else
		note_spurious(line);
}

/* Called by vectors.S with interrupts off. */
void interrupt_handle(u32 line);

void interrupt_handle(u32 line)
{
	if (pic_is_spurious(line))
		return;
	if (line == PIC_TIMER)
		ticks++;
	else
		handle_line(line);
	pic_end(line);
}
