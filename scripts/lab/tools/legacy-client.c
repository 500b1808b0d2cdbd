// SPDX-License-Identifier: GPL-2.0-only
#include "legacy-client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "legacy-registers.h"

#define PCI_COMMAND 0x04
#define PCI_COMMAND_IO_AND_MASTER 0x0005
#define PCI_CAPABILITIES 0x34
#define MSIX_CAPABILITY 0x11
#define MSIX_CONTROL 2
#define MSIX_CONTROL_ENABLE 0x8000
#define MSIX_CONTROL_SIZE 0x07ff

#define QUEUE_MEMORY (QUEUE_PAGES * QUEUE_PAGE)
#define QUEUE_MEMORY_MAX (4096 * QUEUE_PAGE)

uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool fail(struct client *client, const char *what, int error)
{
	snprintf(client->error, sizeof(client->error), "%s: %s: %s", client->bdf, what,
		 strerror(-error));
	return false;
}

static bool place_regions(struct client *client)
{
	struct vfio_region_info info;
	int error = vfio_region(&client->device, VFIO_PCI_BAR0_REGION_INDEX, &info);

	if (error || !info.size)
		return fail(client, "BAR0", error ? error : -ENODEV);
	client->bar0 = info.offset;
	error = vfio_region(&client->device, VFIO_PCI_CONFIG_REGION_INDEX, &info);
	client->config = info.offset;
	return !error || fail(client, "configuration space", error);
}

size_t client_queue_memory(const struct trace *trace, uint64_t *iova)
{
	uint64_t first = UINT64_MAX, end = 0;

	for (size_t i = 0; i < trace->count; i++) {
		const struct access *access = &trace->accesses[i];
		uint64_t at = access->value * QUEUE_PAGE;

		if (access->kind != ACCESS_WRITE || access->offset != QUEUE_ADDRESS || !access->value)
			continue;
		first = at < first ? at : first;
		end = at + QUEUE_MEMORY > end ? at + QUEUE_MEMORY : end;
	}
	*iova = first;
	return end ? end - first : 0;
}

/* Empty rings, the same for all: no device finds a request in them. */
static bool map_queues(struct client *client, const struct trace *trace, void *memory)
{
	uint64_t iova;
	size_t length = client_queue_memory(trace, &iova);
	int error = 0;

	if (length > QUEUE_MEMORY_MAX)
		error = -E2BIG;
	else if (length)
		error = vfio_map(&client->device, iova, memory, length);
	return !error || fail(client, "memory of the queues", error);
}

static bool enable(struct client *client)
{
	uint16_t command = PCI_COMMAND_IO_AND_MASTER;
	int error = vfio_write(&client->device, client->config + PCI_COMMAND, &command,
			       sizeof(command));

	return !error || fail(client, "command register", error);
}

/* Does nothing if INTx is not wanted, or is so already. */
static int switch_intx(struct client *client, bool on)
{
	int error;

	if (!client->intx || client->line_on == on)
		return 0;
	error = vfio_set_intx(&client->device, on ? client->line : -1);
	if (!error)
		client->line_on = on;
	return error;
}

static bool start_intx(struct client *client)
{
	int error;

	client->line_on = false;
	if (!client->intx)
		return true;
	client->line = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (client->line < 0)
		return fail(client, "eventfd", -errno);
	error = switch_intx(client, true);
	if (!error)
		return true;
	close(client->line);
	return fail(client, "INTx", error);
}

bool client_open(struct client *client, const char *bdf, const struct trace *trace,
		 void *queue_memory)
{
	int error;

	client->bdf = bdf;
	error = vfio_open(&client->device, bdf);
	if (error)
		return fail(client, client->device.failed, error);
	if (place_regions(client) && map_queues(client, trace, queue_memory) && enable(client) &&
	    start_intx(client))
		return true;
	vfio_close(&client->device);
	return false;
}

void client_close(struct client *client)
{
	vfio_close(&client->device);
	if (client->intx)
		close(client->line);
}

static int find_msix(const struct client *client, uint8_t *at)
{
	int error = vfio_read(&client->device, client->config + PCI_CAPABILITIES, at, 1);

	for (unsigned int i = 0; !error && *at && i < 48; i++) {
		uint8_t header[2];

		error = vfio_read(&client->device, client->config + *at, header, sizeof(header));
		if (!error && header[0] == MSIX_CAPABILITY)
			return 0;
		*at = header[1];
	}
	return error ? error : -ENOENT;
}

bool client_count_vectors(struct client *client, unsigned int *count)
{
	uint16_t control;
	uint8_t at;
	int error = find_msix(client, &at);

	if (!error)
		error = vfio_read(&client->device, client->config + at + MSIX_CONTROL, &control, 2);
	if (error)
		return fail(client, "MSI-X", error);
	*count = (control & MSIX_CONTROL_SIZE) + 1u;
	return true;
}

/* As a VMM: the guest's write first, then the interrupts. INTx and MSI-X are never on at a time. */
static int switch_msix(struct client *client, unsigned int vectors)
{
	uint16_t control;
	uint8_t at;
	int error = find_msix(client, &at);

	if (client->vector_limit && vectors > client->vector_limit)
		vectors = client->vector_limit;
	if (!error)
		error = vfio_read(&client->device, client->config + at + MSIX_CONTROL, &control, 2);
	if (error)
		return error;
	control = (uint16_t)(control & ~MSIX_CONTROL_ENABLE);
	control = (uint16_t)(control | (vectors ? MSIX_CONTROL_ENABLE : 0));
	error = vfio_write(&client->device, client->config + at + MSIX_CONTROL, &control, 2);
	if (!error && vectors)
		error = switch_intx(client, false);
	if (!error)
		error = vfio_set_msix(&client->device, vectors);
	if (!error && !vectors)
		error = switch_intx(client, true);
	return error;
}

static bool fail_access(struct client *client, const struct access *access, int error)
{
	char what[64];

	snprintf(what, sizeof(what), "%s of %u at %u, the %lluth",
		 access->kind == ACCESS_READ ? "read" : "write", access->width, access->offset,
		 (unsigned long long)client->accesses);
	return fail(client, what, error);
}

/*
 * A guest that has no device any more reads ones, without an error. The status is what was
 * written last on every device that works, so a failure can not pass for speed.
 */
static bool check_read(struct client *client, const struct access *access)
{
	if (access->kind != ACCESS_READ || access->offset != DEVICE_STATUS ||
	    client->last == client->status)
		return true;
	snprintf(client->error, sizeof(client->error), "%s: status is %#x, not %#x, at access %llu",
		 client->bdf, client->last, client->status, (unsigned long long)client->accesses);
	return false;
}

static bool perform_write(struct client *client, const struct access *access)
{
	uint32_t value = access->last ? client->last : access->value;
	int error = vfio_write(&client->device, client->bar0 + access->offset, &value, access->width);

	if (error)
		return fail_access(client, access, error);
	if (access->offset == DEVICE_STATUS)
		client->status = value;
	return true;
}

bool client_access(struct client *client, const struct access *access)
{
	int error;

	if (access->kind == ACCESS_MSIX) {
		uint64_t start = now_ns(CLOCK_MONOTONIC);

		error = switch_msix(client, access->value);
		client->msix_ns += now_ns(CLOCK_MONOTONIC) - start;
		return !error || fail(client, "MSI-X", error);
	}
	client->accesses++;
	if (access->kind == ACCESS_WRITE)
		return perform_write(client, access);
	client->last = 0;
	error = vfio_read(&client->device, client->bar0 + access->offset, &client->last,
			  access->width);
	return !error || fail_access(client, access, error);
}

bool client_perform(struct client *client, const struct access *access)
{
	return client_access(client, access) && check_read(client, access);
}

bool client_play_part(struct client *client, const struct trace *trace, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		if (!client_perform(client, &trace->accesses[i]))
			return false;
	return true;
}

bool client_play(struct client *client, const struct trace *trace)
{
	return client_play_part(client, trace, 0, trace->count);
}
