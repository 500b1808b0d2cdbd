// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens one device through VFIO and executes one command a line, so that a
 * scenario can make accesses no sane guest makes:
 *   read REGION OFFSET LENGTH | write REGION OFFSET HEX | size REGION
 *   msix COUNT (0 switches it off) | reset | burst REGION OFFSET LENGTH TIMES
 *   widths REGION SIZE HOLE-BEGIN HOLE-END: reads of 2, 3, 4, 8 and 64 bytes at each offset below SIZE, but those that touch
 *   the hole, compared with reads of single bytes; DATA is their number, then ":OFFSET/WIDTH" of each that differs
 *   and those of poke-intx.c (interrupts), poke-ring.c (a queue) and poke-doorbell.c (doorbells by eventfd)
 * REGION is 0..5 for a BAR, 7 for config space. Each answer is one line:
 * "ok DATA MILLISECONDS" or "errno NUMBER MILLISECONDS".
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "poke-commands.h"
#include "vfio-device.h"

#define MAX_LENGTH 8192
#define MAX_SIZE 256	/* of what is read in all widths */

static struct vfio_device device;
static char answer[2 * MAX_LENGTH + 1];

static long read_region(unsigned int index, uint64_t offset, size_t length)
{
	static unsigned char data[MAX_LENGTH];
	struct vfio_region_info info;
	int error = vfio_region(&device, index, &info);
	ssize_t count;

	answer[0] = '\0';
	if (error)
		return error;
	count = pread(device.fd, data, length, (off_t)(info.offset + offset));
	if (count < 0)
		return -errno;
	for (ssize_t i = 0; i < count; i++)
		sprintf(answer + 2 * i, "%02x", data[i]);
	return 0;
}

static long write_region(unsigned int index, uint64_t offset, const char *hex)
{
	static unsigned char data[MAX_LENGTH];
	struct vfio_region_info info;
	int error = vfio_region(&device, index, &info);
	size_t length = strlen(hex) / 2;
	ssize_t count;

	if (error)
		return error;
	for (size_t i = 0; i < length; i++) {
		unsigned int byte;

		sscanf(hex + 2 * i, "%2x", &byte);
		data[i] = (unsigned char)byte;
	}
	count = pwrite(device.fd, data, length, (off_t)(info.offset + offset));
	if (count < 0)
		return -errno;
	sprintf(answer, "%zd", count);
	return 0;
}

static bool in_hole(size_t begin, size_t end, size_t hole_begin, size_t hole_end)
{
	return begin < hole_end && end > hole_begin;
}

static long compare_widths(unsigned int index, size_t size, size_t hole_begin, size_t hole_end)
{
	static const size_t widths[] = { 2, 3, 4, 8, 64 };
	static char bytes[2 * MAX_SIZE + 1], differing[MAX_LENGTH];
	size_t tried = 0, used = 0;

	if (size > MAX_SIZE)
		return -E2BIG;
	for (size_t at = 0; at < size; at++) {
		long error = in_hole(at, at + 1, hole_begin, hole_end) ? 0 : read_region(index, at, 1);

		if (error)
			return error;
		memcpy(bytes + 2 * at, answer, 2);
	}
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		for (size_t at = 0; at + widths[i] <= size; at++) {
			long error;

			if (in_hole(at, at + widths[i], hole_begin, hole_end))
				continue;
			error = read_region(index, at, widths[i]);
			if (error)
				return error;
			tried++;
			if (strncmp(answer, bytes + 2 * at, 2 * widths[i]) && used < sizeof(differing) - 32)
				used += sprintf(differing + used, ":%zu/%zu", at, widths[i]);
		}
	}
	sprintf(answer, "%zu%s", tried, used ? differing : "");
	return 0;
}

static long execute(const char *line)
{
	static char hex[2 * MAX_LENGTH + 1];
	struct vfio_region_info info;
	unsigned long long offset = 0, length = 0, times = 0, hole = 0;
	unsigned int index = 0;
	long result = 0;

	answer[0] = '\0';
	if (poke_intx(&device, line, answer, &result) || poke_ring(&device, line, answer, &result) ||
	    poke_doorbell(&device, line, answer, &result))
		return result;
	if (sscanf(line, "read %u %lli %lli", &index, &offset, &length) == 3)
		return length > MAX_LENGTH ? -E2BIG : read_region(index, offset, length);
	hex[0] = '\0';
	if (sscanf(line, "write %u %lli %16384s", &index, &offset, hex) >= 2)
		return write_region(index, offset, hex);
	if (sscanf(line, "burst %u %lli %lli %lli", &index, &offset, &length, &times) == 4) {
		while (times-- && length <= MAX_LENGTH && !result)
			result = read_region(index, offset, length);
		return result;
	}
	if (sscanf(line, "widths %u %lli %lli %lli", &index, &length, &hole, &times) == 4)
		return compare_widths(index, length, hole, times);
	if (sscanf(line, "size %u", &index) == 1) {
		result = vfio_region(&device, index, &info);
		if (!result)
			sprintf(answer, "%llu", (unsigned long long)info.size);
		return result;
	}
	if (sscanf(line, "msix %u", &index) == 1)
		return vfio_set_msix(&device, index);
	if (!strncmp(line, "reset", 5))
		return vfio_reset(&device);
	return -ENOSYS;
}

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	static char line[2 * MAX_LENGTH + 128];
	int error;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2)
		return 2;
	error = vfio_open(&device, argv[1]);
	if (error) {
		printf("failed %s: %s\n", device.failed, strerror(-error));
		return 1;
	}
	puts("open");
	while (fgets(line, sizeof(line), stdin)) {
		long start = milliseconds();
		long result = execute(line);

		if (result)
			printf("errno %ld %ld\n", -result, milliseconds() - start);
		else
			printf("ok %s %ld\n", answer[0] ? answer : "-", milliseconds() - start);
	}
	vfio_close(&device);
	return 0;
}
