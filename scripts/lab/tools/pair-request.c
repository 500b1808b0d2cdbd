// SPDX-License-Identifier: GPL-2.0-only
/*
 * One request to each of the two devices, so that there is something to interrupt for. Its ring
 * and buffers are in the first window; the types differ in what they answer at all. A console has
 * only ports that others open.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "legacy-registers.h"
#include "pair.h"

#define ANSWER_US 2000000
#define LOOK_US 100
#define LAST_PAGE (QUEUE_PAGES - 1)	/* the buffers */
#define RING_ENTRIES 1024		/* which end before */
#define IN_OFFSET 2048
#define DESCRIPTOR_NEXT 1
#define DESCRIPTOR_WRITE 2

struct descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags, next;
};

struct request {
	const char *type;
	uint16_t queue;
	uint16_t out_length, in_length;	/* bytes for the device, and from it */
	const char *out;		/* where they are not 0 */
	uint16_t out_written;
	bool early;			/* is answered before DRIVER_OK, too */
};

#define BYTES(text) .out = text, .out_written = sizeof(text) - 1
static const struct request requests[] = {
	/* a frame, behind its header */
	{"net", 1, .out_length = 72},
	/* the serial number, and a status */
	{"blk", 0, .out_length = 16, .in_length = 21, BYTES("\x08"), .early = true},
	{"rng", 0, .in_length = 16},
	/* which events there are */
	{"scsi", 0, .out_length = 16, .in_length = 5, BYTES("\x01")},
	/* the version */
	{"9p", 0, .out_length = 21, .in_length = 64,
	 BYTES("\x15\0\0\0\x64\xff\xff\0\x10\0\0\x08\0" "9P2000.L")},
};

static const struct request *request_of(const struct pair *pair)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		if (!strcmp(requests[i].type, pair->type))
			return &requests[i];
	return NULL;
}

bool pair_can_request(const struct pair *pair)
{
	return pair->requests_allowed && request_of(pair);
}

uint32_t pair_request_queue(const struct pair *pair)
{
	return request_of(pair)->queue;
}

bool pair_request_can_be_early(const struct pair *pair)
{
	return request_of(pair)->early;
}

uint32_t pair_request_page(void)
{
	return queue_windows[0].first;
}

static volatile uint16_t *used_index(char *ring, unsigned int size)
{
	size_t used = (size * (sizeof(struct descriptor) + 2) + 6 + QUEUE_PAGE - 1) / QUEUE_PAGE;

	return (volatile uint16_t *)(ring + used * QUEUE_PAGE + 2);
}

static void post(char *ring, unsigned int size, const struct request *request)
{
	struct descriptor *descriptors = (struct descriptor *)ring;
	volatile uint16_t *available = (uint16_t *)(ring + size * sizeof(*descriptors));
	uint64_t buffers = (queue_windows[0].first + LAST_PAGE) * QUEUE_PAGE;
	struct descriptor out = {.address = buffers, .length = request->out_length};
	struct descriptor in = {.address = buffers + IN_OFFSET, .length = request->in_length,
				.flags = DESCRIPTOR_WRITE};

	if (request->out)
		memcpy(ring + LAST_PAGE * QUEUE_PAGE, request->out, request->out_written);
	if (out.length && in.length) {
		out.flags = DESCRIPTOR_NEXT;
		out.next = 1;
	}
	descriptors[0] = out.length ? out : in;
	if (out.length && in.length)
		descriptors[1] = in;
	available[2] = 0;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	available[1] = 1;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static bool is_answered(char *ring, unsigned int size)
{
	for (unsigned int waited = 0; waited < ANSWER_US; waited += LOOK_US) {
		if (*used_index(ring, size) == 1)
			return true;
		usleep(LOOK_US);
	}
	return false;
}

bool pair_request(struct pair *pair, unsigned int size, unsigned int kick_width)
{
	const struct request *request = request_of(pair);

	if (pair->failure[0])
		return false;
	if (!size || size > RING_ENTRIES)
		return pair_fail(pair, "queue %u has %u entries", request->queue, size);
	post(pair->our_memory[0], size, request);
	post(pair->their_memory[0], size, request);
	if (!pair_write(pair, QUEUE_NOTIFY, kick_width, request->queue))
		return false;
	if (!is_answered(pair->our_memory[0], size))
		return pair_fail(pair, "%s: no answer to a request", pair->ours.bdf);
	if (!is_answered(pair->their_memory[0], size))
		return pair_fail(pair, "%s: no answer to a request", pair->theirs.bdf);
	pair->requests++;
	return true;
}

void pair_end_request(struct pair *pair)
{
	memset(pair->our_memory[0], 0, QUEUE_PAGES * QUEUE_PAGE);
	memset(pair->their_memory[0], 0, QUEUE_PAGES * QUEUE_PAGE);
}
