// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of plain memory in the place of vfio-device.c, so that the tools above it can be
 * checked without any. A device's name says how it behaves:
 *   refused...  cannot be opened
 *   gone...     reads ones
 *   breaks...   fails at its 30th access
 *   any...      takes accesses that the recorded guests do not make
 *   slow...     the same, but takes a millisecond for each
 *   differs...  the same, but is not as the others
 *   silent...   the same, but answers no request
 *   lineless... the same, but its line signals nothing
 * In the environment: FAKE_DEVICES, an access before so many are open fails; FAKE_VECTORS, how
 * many there are for each; FAKE_TYPE, their virtio id; FAKE_REVISION. What differs:
 * FAKE_REGISTER, a bit that is read there, from the access FAKE_FROM on; FAKE_CONFIG, a bit of
 * that byte of configuration space; FAKE_BAR0, the size.
 */
#include "../vfio-device.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_DEVICES 2048
#define MAX_MAPPINGS 4
#define CONFIG_SPACE (UINT64_C(7) << 40)
#define MSIX_AT 0x40
#define MSIX_CONTROL (MSIX_AT + 2)
#define BAR0 0x10
#define BAR0_SIZE 64u
#define NONE 4096

struct fake {
	char name[16];
	unsigned char registers[128];
	unsigned char config[256];
	unsigned int accesses;
	bool msix, intx, masked;
	int line;		/* eventfd of INTx */
	unsigned int mappings;
	struct {
		uint64_t start, end;
		char *memory;
	} mapped[MAX_MAPPINGS];
};

static struct fake fakes[MAX_DEVICES];
static atomic_uint made, opened;

static bool is(const struct fake *fake, const char *name)
{
	return !strncmp(fake->name, name, strlen(name));
}

static unsigned int setting(const char *name, unsigned int otherwise)
{
	const char *text = getenv(name);

	return text ? (unsigned int)atoi(text) : otherwise;
}

static bool is_loose(const struct fake *fake)
{
	return is(fake, "any") || is(fake, "differs") || is(fake, "silent") || is(fake, "slow") ||
	       is(fake, "lineless");
}

/* A transitional network card without a memory of its own for BAR0's place. */
static void fill_config(struct fake *fake)
{
	static const unsigned char ids[] = {0xf4, 0x1a, 0x00, 0x10};
	unsigned int differs = is(fake, "differs") ? setting("FAKE_CONFIG", NONE) : NONE;

	memcpy(fake->config, ids, sizeof(ids));
	memcpy(fake->config + 0x2c, ids, sizeof(ids));
	fake->config[0x08] = (unsigned char)setting("FAKE_REVISION", 0);
	fake->config[0x0b] = 2;
	fake->config[BAR0] = 1;
	fake->config[0x2e] = (unsigned char)setting("FAKE_TYPE", 1);
	fake->config[0x2f] = 0;
	fake->config[0x34] = MSIX_AT;
	fake->config[MSIX_AT] = 0x11;
	fake->config[MSIX_CONTROL] = 3;
	if (differs < sizeof(fake->config))
		fake->config[differs] ^= 1;
}

static void report_leaks(void)
{
	if (opened)
		fprintf(stderr, "%u devices are still open\n", opened);
}

int vfio_open(struct vfio_device *device, const char *bdf)
{
	struct fake *fake;

	memset(device, 0, sizeof(*device));
	device->fd = (int)atomic_fetch_add(&made, 1);
	if (!device->fd)
		atexit(report_leaks);
	fake = &fakes[device->fd % MAX_DEVICES];
	snprintf(fake->name, sizeof(fake->name), "%s", bdf);
	device->failed = "group";
	if (is(fake, "refused"))
		return -EBUSY;
	fill_config(fake);
	fake->registers[0] = 0x20;
	fake->registers[13] = 1;
	opened++;
	return 0;
}

void vfio_close(struct vfio_device *device)
{
	(void)device;
	opened--;
}

int vfio_region(const struct vfio_device *device, unsigned int index,
		struct vfio_region_info *info)
{
	(void)device;
	memset(info, 0, sizeof(*info));
	info->size = sizeof(fakes[0].registers);
	info->offset = (uint64_t)index << 40;
	return 0;
}

/* Of a queue; NULL: none. */
static char *memory_at(const struct fake *fake, uint64_t address)
{
	for (unsigned int i = 0; i < fake->mappings; i++)
		if (address >= fake->mapped[i].start && address + 65536 <= fake->mapped[i].end)
			return fake->mapped[i].memory + (address - fake->mapped[i].start);
	return NULL;
}

/* Signals the line if there is a reason, once until it is unmasked. */
static void signal_line(struct fake *fake)
{
	const uint64_t one = 1;

	if (!fake->intx || fake->masked || !fake->registers[19] || is(fake, "lineless"))
		return;
	fake->masked = true;
	if (write(fake->line, &one, sizeof(one)) != sizeof(one))
		fprintf(stderr, "%s: its eventfd took no signal\n", fake->name);
}

/* All that the last queue with an address has, at once, with an interrupt if it is wanted. */
static void serve(struct fake *fake)
{
	uint16_t flags, size, available, used;
	uint32_t page;
	char *ring;

	memcpy(&page, fake->registers + 8, sizeof(page));
	memcpy(&size, fake->registers + 12, sizeof(size));
	ring = memory_at(fake, page * UINT64_C(4096));
	if (!ring)
		return;
	memcpy(&flags, ring + 16 * size, sizeof(flags));
	memcpy(&available, ring + 16 * size + 2, sizeof(available));
	ring += (18 * size + 6 + 4095) / 4096 * 4096;
	memcpy(&used, ring + 2, sizeof(used));
	fake->registers[19] |= available != used && !(flags & 1);
	memcpy(ring + 2, &available, sizeof(available));
	signal_line(fake);
}

/* What these devices do but to keep what was written. */
static void act(struct fake *fake, uint64_t offset, const unsigned char *before)
{
	if (offset == 0 || offset == 12 || offset == 19)	/* read-only */
		memcpy(fake->registers, before, sizeof(fake->registers));
	if (offset == 16 && !is(fake, "silent"))
		serve(fake);
}

/* What the files of traces/ have to respect, and in part everybody. */
static int check(struct fake *fake, uint64_t offset, const void *data, size_t length)
{
	uint32_t page;

	fake->accesses++;
	if (offset + length > sizeof(fake->registers))
		return -EINVAL;
	if (opened < setting("FAKE_DEVICES", 0))
		return -EPROTO;
	if (is(fake, "breaks") && fake->accesses == 30)
		return -EIO;
	if (is(fake, "slow"))
		usleep(1000);
	if (data && offset == 8) {
		memcpy(&page, data, sizeof(page));
		if (page && !memory_at(fake, page * UINT64_C(4096)))
			return -EFAULT;
	}
	if (is_loose(fake))
		return 0;
	if (length == 2 && (offset == 20 || offset == 22) && !fake->msix)
		return -EINVAL;
	if (data && offset == 4 && memcmp(data, fake->registers, 4))
		return -EINVAL;
	return 0;
}

/* One bit, if the access covers the place. */
static void falsify(const struct fake *fake, uint64_t offset, unsigned char *data, size_t length)
{
	unsigned int place = setting("FAKE_REGISTER", NONE);

	if (is(fake, "differs") && fake->accesses >= setting("FAKE_FROM", 0) && place >= offset &&
	    place < offset + length)
		data[place - offset] ^= 0x40;
}

int vfio_read(const struct vfio_device *device, uint64_t offset, void *data, size_t length)
{
	struct fake *fake = &fakes[device->fd];
	int error = 0;

	if (offset >= CONFIG_SPACE) {
		memcpy(data, fake->config + (offset - CONFIG_SPACE), length);
		return 0;
	}
	error = check(fake, offset, NULL, length);
	if (!error && is(fake, "gone"))
		memset(data, 0xff, length);
	else if (!error)
		memcpy(data, fake->registers + offset, length);
	if (!error && is_loose(fake) && offset == 19)
		fake->registers[19] = 0;
	if (!error)
		falsify(fake, offset, data, length);
	return error;
}

/* As much of BAR0's place as its size leaves to be chosen. */
static void place_bar(struct fake *fake)
{
	uint32_t place, size = is(fake, "differs") ? setting("FAKE_BAR0", BAR0_SIZE) : BAR0_SIZE;

	memcpy(&place, fake->config + BAR0, sizeof(place));
	place = (place & ~(size - 1)) | 1;
	memcpy(fake->config + BAR0, &place, sizeof(place));
}

int vfio_write(const struct vfio_device *device, uint64_t offset, const void *data, size_t length)
{
	struct fake *fake = &fakes[device->fd];
	unsigned char before[sizeof(fake->registers)];
	int error;

	if (offset >= CONFIG_SPACE) {
		memcpy(fake->config + (offset - CONFIG_SPACE), data, length);
		place_bar(fake);
		return 0;
	}
	error = check(fake, offset, data, length);
	if (error)
		return error;
	memcpy(before, fake->registers, sizeof(before));
	memcpy(fake->registers + offset, data, length);
	if (is_loose(fake))
		act(fake, offset, before);
	return 0;
}

/* After the guest's own write, as VMMs have it. */
int vfio_set_msix(struct vfio_device *device, unsigned int count)
{
	struct fake *fake = &fakes[device->fd];
	bool enabled = fake->config[MSIX_CONTROL + 1] & 0x80;

	if (enabled != !!count || (fake->msix && count) || fake->intx)
		return -EPROTO;
	fake->msix = enabled;
	return count > setting("FAKE_VECTORS", VFIO_MAX_VECTORS) ? -ENOSPC : 0;
}

/* As the driver: never with MSI-X, and off once only. FAKE_NO_INTX: there is none. */
int vfio_set_intx(const struct vfio_device *device, int eventfd)
{
	struct fake *fake = &fakes[device->fd];

	if (setting("FAKE_NO_INTX", 0))
		return -EINVAL;
	if (fake->msix || fake->intx == (eventfd >= 0))
		return -EPROTO;
	fake->intx = eventfd >= 0;
	fake->masked = false;
	fake->line = eventfd;
	return 0;
}

int vfio_unmask_intx(const struct vfio_device *device)
{
	struct fake *fake = &fakes[device->fd];

	if (!fake->intx)
		return -EPROTO;
	fake->masked = false;
	signal_line(fake);
	return 0;
}

int vfio_map(const struct vfio_device *device, uint64_t iova, void *memory, size_t length)
{
	struct fake *fake = &fakes[device->fd];

	if (fake->mappings == MAX_MAPPINGS)
		return -ENOSPC;
	fake->mapped[fake->mappings].start = iova;
	fake->mapped[fake->mappings].memory = memory;
	fake->mapped[fake->mappings++].end = iova + length;
	return 0;
}

int vfio_reset(const struct vfio_device *device)
{
	memset(fakes[device->fd].registers, 0, sizeof(fakes[device->fd].registers));
	return 0;
}
