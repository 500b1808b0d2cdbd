// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-poke's commands for a queue of an entropy VF, so that real interrupts come without a guest. All
 * registers are those of BAR0; bus mastering is left as it is.
 *   ring [FILE]       resets the device, and sets up queue 0 up to DRIVER_OK; DATA is its size. FILE has
 *                     the queue's memory, for a device that does not go by the IOMMU: at the same offset
 *                     as the device has it
 *   ring-again [N]    posts N requests (1), one after the other, each with a notification. Waits until
 *                     the device has used the last one; DATA is the used index
 *   ring-post         posts a request without a notification
 *   ring-used         DATA is the used index
 *   stream N EVERY    N requests, each of which must bring one event; the ISR is read and INTx unmasked
 *                     after each. After every EVERY requests the trigger is replaced while a request is
 *                     on its way. DATA is EVENTS,LATE: LATE events came on a trigger that was replaced
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "legacy-registers.h"
#include "poke-commands.h"

#define IOVA 0x12300000ul
#define BUFFER_OFFSET (QUEUE_PAGES * QUEUE_PAGE)
#define BUFFER_SIZE 64
#define MEMORY (BUFFER_OFFSET + QUEUE_PAGE)
#define DESCRIPTOR_WRITE 2
#define MAX_ENTRIES 1024
#define USED_MS 5000
#define EVENT_MS 5000
#define COMMAND 4
#define COMMAND_IO 1

struct descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags, next;
};

static struct {
	char *memory;
	uint64_t bar0, config;
	unsigned int size;	/* 0: there is no queue */
	uint16_t posted;
} ring;

static long put(struct vfio_device *device, unsigned int offset, uint32_t value, size_t width)
{
	return vfio_write(device, ring.bar0 + offset, &value, width);
}

static long get(struct vfio_device *device, unsigned int offset, uint32_t *value, size_t width)
{
	*value = 0;
	return vfio_read(device, ring.bar0 + offset, value, width);
}

static long take_memory(const char *path)
{
	int file = *path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	int flags = *path ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;

	if (*path && file < 0)
		return -errno;
	ring.memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, flags, file, *path ? (off_t)IOVA : 0);
	if (file >= 0)
		close(file);
	if (ring.memory != MAP_FAILED)
		return 0;
	ring.memory = NULL;
	return -errno;
}

static long prepare(struct vfio_device *device, const char *path)
{
	struct vfio_region_info info;
	long error;

	if (ring.memory)
		return 0;
	error = vfio_region(device, VFIO_PCI_BAR0_REGION_INDEX, &info);
	ring.bar0 = info.offset;
	if (!error)
		error = vfio_region(device, VFIO_PCI_CONFIG_REGION_INDEX, &info);
	ring.config = info.offset;
	error = error ? error : take_memory(path);
	if (error)
		return error;
	error = vfio_map(device, IOVA, ring.memory, MEMORY);
	if (error) {
		munmap(ring.memory, MEMORY);
		ring.memory = NULL;
	}
	return error;
}

static long decode(struct vfio_device *device)
{
	uint16_t command;
	long error = vfio_read(device, ring.config + COMMAND, &command, sizeof(command));

	command |= COMMAND_IO;
	return error ? error : vfio_write(device, ring.config + COMMAND, &command, sizeof(command));
}

/* The order of Linux. */
static long set_up(struct vfio_device *device)
{
	uint32_t size;
	long error = decode(device);

	error = error ? error : put(device, DEVICE_STATUS, 0, 1);
	error = error ? error : put(device, DEVICE_STATUS, STATUS_ACKNOWLEDGE, 1);
	error = error ? error : put(device, DEVICE_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER, 1);
	error = error ? error : put(device, QUEUE_SELECT, 0, 2);
	error = error ? error : get(device, QUEUE_SIZE, &size, 2);
	if (error)
		return error;
	if (!size || size > MAX_ENTRIES)
		return -ERANGE;
	ring.size = size;
	error = put(device, QUEUE_ADDRESS, IOVA / QUEUE_PAGE, 4);
	return error ? error : put(device, DEVICE_STATUS,
				   STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK, 1);
}

static long begin(struct vfio_device *device, const char *path, char *answer)
{
	long error = prepare(device, path);

	if (error)
		return error;
	ring.size = 0;
	ring.posted = 0;
	/* The device may still use the memory before its reset; the rings are cleared behind it. */
	error = put(device, DEVICE_STATUS, 0, 1);
	memset(ring.memory, 0, MEMORY);
	error = error ? error : set_up(device);
	if (error)
		ring.size = 0;
	else
		sprintf(answer, "%u", ring.size);
	return error;
}

static uint16_t used_index(void)
{
	size_t used = (ring.size * (sizeof(struct descriptor) + 2) + 6 + QUEUE_PAGE - 1) / QUEUE_PAGE;

	return *(volatile uint16_t *)(ring.memory + used * QUEUE_PAGE + 2);
}

static void post(void)
{
	struct descriptor *descriptors = (struct descriptor *)ring.memory;
	volatile uint16_t *available = (uint16_t *)(ring.memory + ring.size * sizeof(*descriptors));

	descriptors[0] = (struct descriptor){.address = IOVA + BUFFER_OFFSET, .length = BUFFER_SIZE,
					     .flags = DESCRIPTOR_WRITE};
	available[2 + ring.posted % ring.size] = 0;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	available[1] = ++ring.posted;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static long await_used(void)
{
	struct timespec pause = {.tv_nsec = 1000000};

	for (unsigned int ms = 0; ms < USED_MS; ms++) {
		if (used_index() == ring.posted)
			return 0;
		nanosleep(&pause, NULL);
	}
	return -ETIMEDOUT;
}

static long request(struct vfio_device *device)
{
	long error;

	post();
	error = put(device, QUEUE_NOTIFY, 0, 2);
	return error ? error : await_used();
}

static long again(struct vfio_device *device, unsigned long times, char *answer)
{
	long error = 0;

	while (times-- && !error)
		error = request(device);
	if (!error)
		sprintf(answer, "%u", used_index());
	return error;
}

struct stream {
	unsigned long long events, late;
	int old;
};

/* One request, its events, and the end of the interrupt. */
static long stream_one(struct vfio_device *device, struct stream *stream, bool replace)
{
	unsigned long long before;
	uint32_t isr;
	long error;

	post();
	error = put(device, QUEUE_NOTIFY, 0, 2);
	if (!error && replace) {
		if (stream->old >= 0) {
			stream->late += poke_events(stream->old, 0);
			close(stream->old);
		}
		error = poke_replace_trigger(device, &stream->old);
	}
	/* An event of before the replacement is there by now. */
	before = replace && !error ? poke_events(stream->old, 0) : 0;
	error = error ? error : await_used();
	if (error)
		return error;
	stream->events += before + poke_events(poke_trigger(), before ? 0 : EVENT_MS);
	error = get(device, ISR_STATUS, &isr, 1);
	if (!error && !(isr & 1))
		error = -ENODATA;
	return error ? error : poke_unmask(device);
}

static long run_stream(struct vfio_device *device, unsigned long times, unsigned long every, char *answer)
{
	struct stream stream = {.old = -1};
	long error = 0;

	for (unsigned long i = 1; i <= times && !error; i++)
		error = stream_one(device, &stream, every && !(i % every));
	if (stream.old >= 0) {
		stream.late += poke_events(stream.old, 0);
		close(stream.old);
	}
	if (!error)
		sprintf(answer, "%llu,%llu", stream.events, stream.late);
	return error;
}

static long execute(struct vfio_device *device, const char *line, char *answer)
{
	unsigned long times = 1, every = 0;

	if (!ring.size)
		return -ENODEV;
	if (sscanf(line, "stream %lu %lu", &times, &every) >= 1)
		return run_stream(device, times, every, answer);
	if (sscanf(line, "ring-again %lu", &times) == 1 || !strncmp(line, "ring-again", 10))
		return again(device, times, answer);
	if (!strncmp(line, "ring-post", 9)) {
		post();
		return 0;
	}
	if (strncmp(line, "ring-used", 9))
		return -ENOSYS;
	sprintf(answer, "%u", used_index());
	return 0;
}

bool poke_ring(struct vfio_device *device, const char *line, char *answer, long *result)
{
	char path[64] = "";

	if (!strncmp(line, "ring-", 5) || !strncmp(line, "stream ", 7))
		*result = execute(device, line, answer);
	else if (sscanf(line, "ring %63s", path) == 1 || !strncmp(line, "ring", 4))
		*result = begin(device, path, answer);
	else
		return false;
	return true;
}
