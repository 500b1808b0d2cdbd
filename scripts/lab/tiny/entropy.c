// SPDX-License-Identifier: GPL-2.0-only
/* Entropy device: virtio 0.9.5, appendix F; virtio 1.3, 5.4. */
#include "data.h"
#include "memory.h"
#include "run.h"

#define REQUEST_SIZE 256u
/* A shorter request may have equal bytes by chance. */
#define MIN_COMPARED 8

static bool all_equal(const u8 *data, u32 size)
{
	return size >= MIN_COMPARED && !memcmp(data, data + 1, size - 1);
}

static bool fetch(struct run *run, u8 *data)
{
	struct segment segment = { data, REQUEST_SIZE, true };
	u32 written;

	memset(data, 0, REQUEST_SIZE);
	if (!queue_request(&run->device.queues[0], &segment, 1, &written))
		return false;
	if (!written || written > REQUEST_SIZE)
		return legacy_fail_value(&run->device, "length of a request", written);
	if (all_equal(data, written))
		return legacy_fail_value(&run->device, "all bytes equal, request", run->requests);
	run->requests++;
	run->bytes += written;
	run->crc = crc32(run->crc, data, written);
	return true;
}

bool entropy_run(struct run *run)
{
	struct legacy *device = &run->device;
	u8 *data = pages(1);

	if (!data)
		return legacy_fail(device, "no memory");
	if (!legacy_begin(device, 0) || !legacy_queue(device, 0) || !legacy_start(device))
		return false;
	while (run->requests < run->count)
		if (!fetch(run, data))
			return false;
	return true;
}
