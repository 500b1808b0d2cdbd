// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices of plain memory in the place of vfio-device.c, so that the tools above it can be
 * checked without any. A device's name says how it behaves:
 *   refused...  cannot be opened
 *   gone...     reads ones
 *   breaks...   fails at its 30th access
 *   slow...     takes a millisecond for each
 * In the environment: FAKE_DEVICES, an access before so many are open fails; FAKE_VECTORS, how
 * many there are for each.
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
#define CONFIG_SPACE (UINT64_C(7) << 40)
#define MSIX_AT 0x40
#define MSIX_CONTROL (MSIX_AT + 2)

struct fake {
	char name[16];
	unsigned char registers[128];
	unsigned char config[256];
	unsigned int accesses;
	bool msix;
	uint64_t mapped, mapped_end;
};

static struct fake fakes[MAX_DEVICES];
static atomic_uint made, opened;

static bool is(const struct fake *fake, const char *name)
{
	return !strncmp(fake->name, name, strlen(name));
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
	fake->config[0x34] = MSIX_AT;
	fake->config[MSIX_AT] = 0x11;
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

static unsigned int setting(const char *name, unsigned int otherwise)
{
	const char *text = getenv(name);

	return text ? (unsigned int)atoi(text) : otherwise;
}

/* What the files of traces/ have to respect. */
static int check(struct fake *fake, uint64_t offset, const void *data, size_t length)
{
	uint32_t page;

	if (offset + length > sizeof(fake->registers))
		return -EINVAL;
	if (opened < setting("FAKE_DEVICES", 0))
		return -EPROTO;
	if (is(fake, "breaks") && ++fake->accesses == 30)
		return -EIO;
	if (is(fake, "slow"))
		usleep(1000);
	if (length == 2 && (offset == 20 || offset == 22) && !fake->msix)
		return -EINVAL;
	if (data && offset == 4 && memcmp(data, fake->registers, 4))
		return -EINVAL;
	if (data && offset == 8) {
		memcpy(&page, data, sizeof(page));
		if (page && (page * UINT64_C(4096) < fake->mapped ||
			     page * UINT64_C(4096) + 65536 > fake->mapped_end))
			return -EFAULT;
	}
	return 0;
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
	return error;
}

int vfio_write(const struct vfio_device *device, uint64_t offset, const void *data, size_t length)
{
	struct fake *fake = &fakes[device->fd];
	int error = 0;

	if (offset >= CONFIG_SPACE) {
		memcpy(fake->config + (offset - CONFIG_SPACE), data, length);
		return 0;
	}
	error = check(fake, offset, data, length);
	if (!error)
		memcpy(fake->registers + offset, data, length);
	return error;
}

/* After the guest's own write, as VMMs have it. */
int vfio_set_msix(struct vfio_device *device, unsigned int count)
{
	struct fake *fake = &fakes[device->fd];
	bool enabled = fake->config[MSIX_CONTROL + 1] & 0x80;

	if (enabled != !!count || (fake->msix && count))
		return -EPROTO;
	fake->msix = enabled;
	return count > setting("FAKE_VECTORS", VFIO_MAX_VECTORS) ? -ENOSPC : 0;
}

int vfio_map(const struct vfio_device *device, uint64_t iova, void *memory, size_t length)
{
	struct fake *fake = &fakes[device->fd];

	(void)memory;
	fake->mapped = iova;
	fake->mapped_end = iova + length;
	return 0;
}

int vfio_reset(const struct vfio_device *device)
{
	memset(fakes[device->fd].registers, 0, sizeof(fakes[device->fd].registers));
	return 0;
}
