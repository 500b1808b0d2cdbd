// SPDX-License-Identifier: GPL-2.0-only
/* Block device: writes pseudo random data from sector 0 on, and reads them back. */
#include "data.h"
#include "memory.h"
#include "run.h"

/* virtio 0.9.5, appendix D; virtio 1.3, 5.2. */
#define CONFIG_CAPACITY 0
#define CONFIG_CAPACITY_HIGH 4
#define SECTOR_SIZE 512
#define TYPE_IN 0
#define TYPE_OUT 1
#define STATUS_OK 0

#define REQUEST_SIZE 4096u
#define SECTORS (REQUEST_SIZE / SECTOR_SIZE)

/* What the device accesses: a page of data, and one for the rest of a request. */
struct buffers {
	u8 data[REQUEST_SIZE];
	struct {
		u32 type, priority, sector, sector_high;
	} header;
	u8 status;
};

static bool transfer(struct run *run, struct buffers *buffers, u32 type, u32 number)
{
	bool read = type == TYPE_IN;
	struct segment segments[] = {
		{ &buffers->header, sizeof(buffers->header), false },
		{ buffers->data, REQUEST_SIZE, read },
		{ &buffers->status, 1, true },
	};
	u32 written;

	buffers->header.type = type;
	buffers->header.sector = number * SECTORS;
	buffers->status = 0xff;
	if (!queue_request(&run->device.queues[0], segments, ARRAY_SIZE(segments), &written))
		return false;
	if (buffers->status != STATUS_OK)
		return legacy_fail_value(&run->device, "request status", buffers->status);
	run->requests++;
	run->bytes += REQUEST_SIZE;
	return true;
}

static bool write_all(struct run *run, struct buffers *buffers)
{
	struct random random;
	u32 number;

	random_seed(&random, run->seed);
	for (number = 0; number < run->count; number++) {
		random_fill(&random, buffers->data, REQUEST_SIZE);
		run->crc = crc32(run->crc, buffers->data, REQUEST_SIZE);
		if (!transfer(run, buffers, TYPE_OUT, number))
			return false;
	}
	return true;
}

static bool read_all(struct run *run, struct buffers *buffers)
{
	static u8 expected[REQUEST_SIZE];
	struct random random;
	u32 number;

	random_seed(&random, run->seed);
	for (number = 0; number < run->count; number++) {
		random_fill(&random, expected, REQUEST_SIZE);
		memset(buffers->data, 0, REQUEST_SIZE);
		if (!transfer(run, buffers, TYPE_IN, number))
			return false;
		if (memcmp(buffers->data, expected, REQUEST_SIZE))
			return legacy_fail_value(&run->device, "data read differ, request", number);
	}
	return true;
}

bool block_run(struct run *run)
{
	struct legacy *device = &run->device;
	struct buffers *buffers = pages(2);
	u32 capacity;

	if (!buffers)
		return legacy_fail(device, "no memory");
	if (!legacy_begin(device, 0) || !legacy_queue(device, 0))
		return false;
	capacity = legacy_config32(device, CONFIG_CAPACITY);
	if (!legacy_config32(device, CONFIG_CAPACITY_HIGH) && capacity < run->count * SECTORS)
		return legacy_fail_value(device, "disk too small, sectors", capacity);
	return legacy_start(device) && write_all(run, buffers) && read_all(run, buffers);
}
