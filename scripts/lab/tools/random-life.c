// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random guests: drivers that come, work and go, with anything at all in between. Left out is
 * what the specification leaves open, or what QEMU is known to do in its own way:
 *  - what register-widths.c leaves out
 *  - reads of the queue notification
 *  - what lies behind the end of the device's own configuration, or over its beginning
 *  - a write of the configuration that is not aligned: into which parts it is cut is not said,
 *    and a SCSI host looks at each part by itself
 *  - an access of that configuration's unused byte alone, which a disk of QEMU takes for one of
 *    all of it
 *  - the output queues of a console, which have odd numbers: QEMU interrupts for one that is
 *    empty, too, some time after a notification or DRIVER_OK
 *  - after a queue address of 0 was written to a device that is as its reset left it: an access
 *    of a queue before one is selected. QEMU's devices forget what was selected; the shadow
 *    leaves such a write out
 */
#include "random-life.h"

#include <unistd.h>

#include "legacy-registers.h"

/* Longer than the shadow answers reads of the ISR status by itself, or keeps a field. */
#define ISR_PAUSE_US 1200
#define CONFIG_PAUSE_US 11000

#define SOME_QUEUES 12	/* more than the devices have, and than they have vectors */

struct guest {
	struct pair *pair;
	uint64_t state;
	bool fresh;		/* nothing but selections was written since the reset */
	bool unselected;	/* a queue has to be selected next */
};

static uint32_t below(struct guest *guest, uint32_t limit)
{
	guest->state = guest->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(guest->state >> 33) % limit;
}

static bool one_in(struct guest *guest, uint32_t count)
{
	return !below(guest, count);
}

static uint32_t any_value(struct guest *guest)
{
	return below(guest, 0x10000) << 16 | below(guest, 0x10000);
}

static void take_note(struct guest *guest, unsigned int offset, uint32_t value)
{
	switch (offset) {
	case DEVICE_STATUS:
		guest->fresh = !value;
		guest->unselected = guest->unselected && value;
		break;
	case QUEUE_SELECT:
		guest->unselected = false;
		break;
	case QUEUE_ADDRESS:
		guest->unselected = guest->fresh && !value;
		guest->fresh = guest->unselected;
		break;
	case CONFIG_VECTOR:
	case QUEUE_VECTOR:
		guest->fresh = guest->fresh && guest->pair->msix && value == NO_VECTOR;
		break;
	case DEVICE_FEATURES:
	case QUEUE_SIZE:
	case QUEUE_NOTIFY:
	case ISR_STATUS:
		break;
	default:
		guest->fresh = false;
		break;
	}
}

static void out(struct guest *guest, unsigned int offset, unsigned int width, uint32_t value)
{
	if (guest->pair->is_console && (offset == QUEUE_SELECT || offset == QUEUE_NOTIFY))
		value &= ~1u;
	pair_write(guest->pair, offset, width, value);
	take_note(guest, offset, value);
}

static void in(struct guest *guest, unsigned int offset, unsigned int width)
{
	pair_read(guest->pair, offset, width);
}

/* Mostly the register's own; else any to which its offset is aligned. */
static unsigned int some_width(struct guest *guest, unsigned int offset, unsigned int own)
{
	unsigned int width = 1u << below(guest, 3);

	return one_in(guest, 4) && offset % width == 0 ? width : own;
}

static uint32_t some_queue(struct guest *guest)
{
	if (!one_in(guest, 10))
		return below(guest, one_in(guest, 3) ? SOME_QUEUES : 4);
	return one_in(guest, 2) ? below(guest, 1100) : below(guest, 0x10000);
}

/* 0 resets QEMU's devices. */
static uint32_t some_address(struct guest *guest)
{
	const struct queue_window *window = &queue_windows[below(guest, QUEUE_WINDOWS)];

	if (one_in(guest, 12))
		return 0;
	return window->first + below(guest, window->count - QUEUE_PAGES + 1);
}

static uint32_t some_vector(struct guest *guest)
{
	if (one_in(guest, 4))
		return NO_VECTOR;
	return below(guest, one_in(guest, 10) ? 0x10000 : SOME_QUEUES);
}

static uint32_t some_status(struct guest *guest)
{
	static const uint8_t states[] = {0, 0, 1, 3, 3, 6, 7, 7, 11, 15, 0x40, 0x80, 0x81, 0x83, 0x87};

	return one_in(guest, 8) ? below(guest, 0x100) : states[below(guest, sizeof(states))];
}

static void reset(struct guest *guest)
{
	out(guest, DEVICE_STATUS, 1, 0);
	if (one_in(guest, 2))
		in(guest, DEVICE_STATUS, 1);
}

static void accept_features(struct guest *guest)
{
	in(guest, DEVICE_FEATURES, 4);
	if (one_in(guest, 8))
		out(guest, DRIVER_FEATURES, 4, any_value(guest));
	else
		out(guest, DRIVER_FEATURES, 4,
		    guest->pair->ours.last & (one_in(guest, 2) ? any_value(guest) : UINT32_MAX));
	if (one_in(guest, 3))
		in(guest, DRIVER_FEATURES, 4);
}

/* Before an access of that register, if it is a queue's. */
static void have_selected(struct guest *guest, unsigned int offset)
{
	switch (offset) {
	case QUEUE_ADDRESS:
	case QUEUE_SIZE:
	case QUEUE_SELECT:
	case QUEUE_VECTOR:
		if (guest->unselected)
			out(guest, QUEUE_SELECT, 2, some_queue(guest));
		break;
	default:
		break;
	}
}

static void set_vector(struct guest *guest, unsigned int offset, uint32_t vector)
{
	if (!guest->pair->msix)
		return;
	have_selected(guest, offset);
	out(guest, offset, 2, vector);
	if (!one_in(guest, 8))
		in(guest, offset, 2);
}

static void set_up_queue(struct guest *guest, uint32_t queue)
{
	bool again = one_in(guest, 2);	/* some drivers select before each access */

	out(guest, QUEUE_SELECT, 2, queue);
	in(guest, QUEUE_SIZE, 2);
	if (again)
		out(guest, QUEUE_SELECT, 2, queue);
	in(guest, QUEUE_ADDRESS, 4);
	if (again)
		out(guest, QUEUE_SELECT, 2, queue);
	out(guest, QUEUE_ADDRESS, 4, some_address(guest));
	set_vector(guest, QUEUE_VECTOR, some_vector(guest));
}

static void tear_down_queue(struct guest *guest, uint32_t queue)
{
	out(guest, QUEUE_SELECT, 2, queue);
	set_vector(guest, QUEUE_VECTOR, NO_VECTOR);
	in(guest, ISR_STATUS, 1);
	out(guest, QUEUE_SELECT, 2, queue);
	out(guest, QUEUE_ADDRESS, 4, 0);
}

static void come(struct guest *guest)
{
	unsigned int queues = 1 + below(guest, 4);

	reset(guest);
	out(guest, DEVICE_STATUS, 1, STATUS_ACKNOWLEDGE);
	in(guest, DEVICE_STATUS, 1);
	out(guest, DEVICE_STATUS, 1, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	accept_features(guest);
	set_vector(guest, CONFIG_VECTOR, some_vector(guest));
	for (unsigned int queue = 0; queue < queues; queue++)
		set_up_queue(guest, queue);
	out(guest, DEVICE_STATUS, 1, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK);
	in(guest, DEVICE_STATUS, 1);
}

static void go(struct guest *guest)
{
	unsigned int queues = below(guest, 4);

	reset(guest);
	for (unsigned int queue = 0; queue < queues; queue++)
		tear_down_queue(guest, queue);
	set_vector(guest, CONFIG_VECTOR, NO_VECTOR);
}

static void poll_isr(struct guest *guest)
{
	for (unsigned int i = 1 + below(guest, 4); i; i--)
		in(guest, ISR_STATUS, 1);
}

/* With a request, and so an interrupt. The ISR status was just read as 0, and has to be news. */
static void work(struct guest *guest)
{
	struct pair *pair = guest->pair;
	unsigned int size;

	if (!pair_can_request(pair))
		return;
	reset(guest);
	out(guest, DEVICE_STATUS, 1, STATUS_ACKNOWLEDGE | STATUS_DRIVER);
	accept_features(guest);
	out(guest, QUEUE_SELECT, 2, pair_request_queue(pair));
	in(guest, QUEUE_SIZE, 2);
	size = pair->ours.last;
	out(guest, QUEUE_ADDRESS, 4, pair_request_page());
	set_vector(guest, QUEUE_VECTOR, some_vector(guest));
	if (!pair_request_can_be_early(pair) || one_in(guest, 2))
		out(guest, DEVICE_STATUS, 1,
		    STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK);
	poll_isr(guest);
	pair_request(pair, size, some_width(guest, QUEUE_NOTIFY, 2));
	poll_isr(guest);
	out(guest, DEVICE_STATUS, 1, 0);
	in(guest, ISR_STATUS, 1);
	pair_end_request(pair);
}

static void read_register(struct guest *guest)
{
	static const struct {
		uint8_t offset, width;
	} all[] = {
		{DEVICE_FEATURES, 4}, {DRIVER_FEATURES, 4}, {QUEUE_ADDRESS, 4}, {QUEUE_SIZE, 2},
		{QUEUE_SELECT, 2}, {DEVICE_STATUS, 1}, {ISR_STATUS, 1},
		{CONFIG_VECTOR, 2}, {QUEUE_VECTOR, 2},
	};
	unsigned int count = sizeof(all) / sizeof(all[0]) - (guest->pair->msix ? 0 : 2);
	unsigned int chosen = below(guest, count);
	unsigned int width = some_width(guest, all[chosen].offset, all[chosen].width);

	have_selected(guest, all[chosen].offset);
	in(guest, all[chosen].offset, width);
}

static void write_register(struct guest *guest)
{
	switch (below(guest, 12)) {
	case 0:
		accept_features(guest);
		break;
	case 1:
	case 2:
		have_selected(guest, QUEUE_ADDRESS);
		out(guest, QUEUE_ADDRESS, 4, some_address(guest));
		break;
	case 3:
	case 4:
		set_vector(guest, QUEUE_VECTOR, some_vector(guest));
		break;
	case 5:
		set_vector(guest, CONFIG_VECTOR, some_vector(guest));
		break;
	case 6: /* three that cannot be written */
		out(guest, DEVICE_FEATURES, some_width(guest, DEVICE_FEATURES, 4), any_value(guest));
		break;
	case 7:
		out(guest, QUEUE_SIZE, some_width(guest, QUEUE_SIZE, 2), below(guest, 0x10000));
		break;
	case 8:
		out(guest, ISR_STATUS, 1, below(guest, 0x100));
		break;
	default:
		out(guest, QUEUE_SELECT, some_width(guest, QUEUE_SELECT, 2), some_queue(guest));
		break;
	}
}

/* QEMU ignores a selection of what no device can have, and keeps the one before. */
static void select_in_vain(struct guest *guest)
{
	out(guest, QUEUE_SELECT, 2, some_queue(guest));
	out(guest, QUEUE_SELECT, 2, one_in(guest, 2) ? below(guest, 0x10000) : some_queue(guest));
	in(guest, QUEUE_SIZE, 2);
	in(guest, QUEUE_SELECT, 2);
}

static void write_status(struct guest *guest)
{
	out(guest, DEVICE_STATUS, some_width(guest, DEVICE_STATUS, 1), some_status(guest));
}

static void notify(struct guest *guest)
{
	out(guest, QUEUE_NOTIFY, some_width(guest, QUEUE_NOTIFY, 2), some_queue(guest));
	if (one_in(guest, 2))
		in(guest, ISR_STATUS, 1);
}

/* An access to the device's own configuration, of the offset there. */
static bool can_be_compared(struct guest *guest, unsigned int offset, unsigned int width)
{
	const struct pair *pair = guest->pair;

	return offset + width <= pair->config_length &&
	       (width > 1 || !offset || offset != pair->config_unused);
}

static void read_config_at(struct guest *guest, unsigned int offset, unsigned int width)
{
	if (can_be_compared(guest, offset, width))
		in(guest, pair_config(guest->pair) + offset, width);
}

static void read_config(struct guest *guest)
{
	read_config_at(guest, below(guest, guest->pair->config_length + 1), 1u << below(guest, 3));
}

/* As Linux reads all fields. */
static void read_config_bytes(struct guest *guest)
{
	unsigned int start = below(guest, guest->pair->config_length + 1);

	for (unsigned int count = 1 + below(guest, 12); count; count--)
		read_config_at(guest, start++, 1);
}

static void write_config_at(struct guest *guest, unsigned int offset, unsigned int width)
{
	if (can_be_compared(guest, offset, width))
		out(guest, pair_config(guest->pair) + offset, width,
		    one_in(guest, 2) ? below(guest, 0x100) : any_value(guest));
}

static void write_config(struct guest *guest)
{
	unsigned int width = 1u << below(guest, 3);
	unsigned int offset = below(guest, guest->pair->config_length + 1) & ~(width - 1);

	write_config_at(guest, offset, width);
	if (one_in(guest, 2))
		read_config_at(guest, offset, width);
}

/* A field, byte by byte, that changes meanwhile. */
static void change_what_is_read(struct guest *guest)
{
	unsigned int offset = below(guest, guest->pair->config_length + 1);

	read_config_at(guest, offset, 1);
	write_config_at(guest, offset + 1, 1);
	read_config_at(guest, offset + 1, 1);
}

static void switch_msix(struct guest *guest)
{
	pair_msix(guest->pair, !guest->pair->msix);
}

static void pause_a_while(struct guest *guest)
{
	usleep(one_in(guest, 4) ? CONFIG_PAUSE_US : ISR_PAUSE_US);
}

static const struct {
	unsigned int weight;
	void (*make)(struct guest *guest);
} moves[] = {
	{20, read_register}, {20, write_register}, {3, select_in_vain}, {6, write_status},
	{6, poll_isr}, {8, notify}, {12, read_config}, {8, read_config_bytes}, {5, write_config},
	{3, change_what_is_read}, {6, come}, {3, go}, {2, work}, {1, switch_msix},
	{1, pause_a_while},
};

static void move(struct guest *guest)
{
	const unsigned int count = sizeof(moves) / sizeof(moves[0]);
	unsigned int total = 0, chosen;

	for (unsigned int i = 0; i < count; i++)
		total += moves[i].weight;
	chosen = below(guest, total);
	for (unsigned int i = 0; i < count; i++) {
		if (chosen < moves[i].weight) {
			moves[i].make(guest);
			return;
		}
		chosen -= moves[i].weight;
	}
}

bool random_life(struct pair *pair, uint64_t seed)
{
	struct guest guest = {.pair = pair, .state = seed * 2 + 1};

	below(&guest, 2);
	if (one_in(&guest, 4))
		switch_msix(&guest);
	if (one_in(&guest, 2))
		come(&guest);
	else
		reset(&guest);
	for (unsigned int left = 10 + below(&guest, 40); left && !pair->failure[0]; left--)
		move(&guest);
	return !pair->failure[0];
}
