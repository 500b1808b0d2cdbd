// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures an interrupt of an entropy device, from the kick to the eventfd, without a guest. A
 * request that asks for no interrupt takes the same way but for that, so it is measured beside.
 *
 * vfio-interrupt msix|intx SAMPLES DEVICE
 *
 * Prints one JSON object: medians from the kick to the used entry (quiet_ns) and to the eventfd
 * (event_ns), how many samples, how many interrupts. Exit status 1: a line {"error": ...}.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "legacy-client.h"
#include "legacy-registers.h"
#include "samples.h"

#define LIMIT_NS UINT64_C(2000000000)
#define RING_PAGE 0x7f00
#define BUFFER_PAGE (QUEUE_PAGES - 1)
#define REQUEST_BYTES 16
#define RING_ENTRIES 1024	/* which end before the buffer */
#define DESCRIPTOR_WRITE 2
#define NO_INTERRUPT 1
#define VECTORS 2
#define QUEUE_ENTRY 1		/* of the MSI-X table */

struct descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags, next;
};

static struct client client;
static char *memory;
static bool msix;
static unsigned int size;
static uint16_t made;			/* requests */

static bool fail(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(client.error, sizeof(client.error), format, list);
	va_end(list);
	return false;
}

static bool write_register(unsigned int offset, unsigned int width, uint32_t value)
{
	struct access access = {.kind = ACCESS_WRITE, .offset = offset, .width = width, .value = value};

	return client_access(&client, &access);
}

static bool read_register(unsigned int offset, unsigned int width)
{
	struct access access = {.kind = ACCESS_READ, .offset = offset, .width = width};

	return client_access(&client, &access);
}

static bool map_vectors(void)
{
	struct access on = {.kind = ACCESS_MSIX, .value = VECTORS};

	return !msix || (client_access(&client, &on) && write_register(QUEUE_VECTOR, 2, QUEUE_ENTRY));
}

static bool start_device(void)
{
	if (!write_register(DEVICE_STATUS, 1, 0) ||
	    !write_register(DEVICE_STATUS, 1, STATUS_ACKNOWLEDGE) ||
	    !write_register(DEVICE_STATUS, 1, STATUS_ACKNOWLEDGE | STATUS_DRIVER) ||
	    !write_register(QUEUE_SELECT, 2, 0) || !read_register(QUEUE_SIZE, 2))
		return false;
	size = client.last;
	if (!size || size > RING_ENTRIES)
		return fail("the queue has %u entries", size);
	return write_register(QUEUE_ADDRESS, 4, RING_PAGE) && map_vectors() &&
	       write_register(DEVICE_STATUS, 1,
			      STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK);
}

static volatile uint16_t *available(void)
{
	return (volatile uint16_t *)(memory + size * sizeof(struct descriptor));
}

static volatile uint16_t *used(void)
{
	size_t end = size * (sizeof(struct descriptor) + 2) + 6;

	return (volatile uint16_t *)(memory + (end + QUEUE_PAGE - 1) / QUEUE_PAGE * QUEUE_PAGE);
}

static void post(bool quiet)
{
	struct descriptor *descriptor = (struct descriptor *)memory;

	descriptor->address = (RING_PAGE + BUFFER_PAGE) * QUEUE_PAGE;
	descriptor->length = REQUEST_BYTES;
	descriptor->flags = DESCRIPTOR_WRITE;
	available()[0] = quiet ? NO_INTERRUPT : 0;
	available()[2 + made % size] = 0;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	available()[1] = ++made;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static int event(void)
{
	return msix ? client.device.vectors[QUEUE_ENTRY] : client.line;
}

/* Whether the eventfd was signaled. Both kinds of request ask it, so that both pay for it. */
static bool signaled(void)
{
	uint64_t count;

	return read(event(), &count, sizeof(count)) == sizeof(count);
}

/* Of one request; 0: it failed. A quiet one ends with its used entry, another one with the eventfd. */
static uint64_t time_request(bool quiet)
{
	uint64_t begin, end;
	bool came;

	post(quiet);
	begin = now_ns(CLOCK_MONOTONIC);
	if (!write_register(QUEUE_NOTIFY, 2, 0))
		return 0;
	do {
		came = signaled();
		end = now_ns(CLOCK_MONOTONIC);
		if (end - begin > LIMIT_NS)
			return fail("request %u: no %s", made, quiet ? "used entry" : "interrupt");
	} while (quiet ? used()[1] != made : !came);
	if (quiet && came)
		return fail("request %u: an interrupt that was not asked for", made);
	return end - begin;
}

/* What a guest's handler and its end of interrupt do. */
static bool end_interrupt(void)
{
	int error;

	if (msix)
		return true;
	if (!read_register(ISR_STATUS, 1))
		return false;
	if (!(client.last & 1))
		return fail("ISR status %#x behind an interrupt", client.last);
	error = vfio_unmask_intx(&client.device);
	return !error || fail("unmask: %s", strerror(-error));
}

static bool measure(unsigned int count, struct samples *quiet, struct samples *events)
{
	for (unsigned int i = 0; i < count; i++) {
		uint64_t first = time_request(true);
		uint64_t second = first ? time_request(false) : 0;

		if (!second || !end_interrupt())
			return false;
		samples_add(quiet, first);
		samples_add(events, second);
	}
	return true;
}

static int by_ns(const void *one, const void *other)
{
	uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

	return (a > b) - (a < b);
}

static uint64_t median(struct samples *samples)
{
	qsort(samples->ns, samples->count, sizeof(samples->ns[0]), by_ns);
	return samples->ns[samples->count / 2];
}

static bool run(unsigned int count)
{
	struct samples quiet = {0}, events = {0};
	bool good = samples_init(&quiet, count) && samples_init(&events, count);

	good = good ? start_device() && measure(count, &quiet, &events) : fail("no memory");
	if (good)
		printf("{\"samples\": %u, \"interrupts\": %u, \"quiet_ns\": %" PRIu64 ", \"event_ns\": %" PRIu64 "}\n",
		       count, count, median(&quiet), median(&events));
	samples_free(&quiet);
	samples_free(&events);
	return good && write_register(DEVICE_STATUS, 1, 0);
}

int main(int argc, char **argv)
{
	/* Where client_open() finds the queue that it has to map. */
	static const struct trace trace = {
		.accesses = {{.kind = ACCESS_WRITE, .offset = QUEUE_ADDRESS, .value = RING_PAGE}},
		.count = 1};
	unsigned int count = argc == 4 ? (unsigned int)atoi(argv[2]) : 0;
	bool good;

	if (!count || (strcmp(argv[1], "msix") && strcmp(argv[1], "intx"))) {
		fprintf(stderr, "vfio-interrupt msix|intx SAMPLES DEVICE\n");
		return 2;
	}
	msix = !strcmp(argv[1], "msix");
	client.intx = !msix;
	memory = mmap(NULL, QUEUE_PAGES * QUEUE_PAGE, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	good = memory != MAP_FAILED && client_open(&client, argv[3], &trace, memory);
	if (good) {
		good = run(count);
		client_close(&client);
	}
	if (!good)
		printf("{\"error\": \"%s\"}\n", client.error);
	return !good;
}
