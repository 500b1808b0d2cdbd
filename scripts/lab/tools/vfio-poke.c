// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens one device through VFIO and executes one command a line, so that a
 * scenario can make accesses no sane guest makes:
 *   read REGION OFFSET LENGTH | write REGION OFFSET HEX | size REGION
 *   msix COUNT (0 switches it off) | reset | burst REGION OFFSET LENGTH TIMES
 * REGION is 0..5 for a BAR, 7 for config space. Each answer is one line:
 * "ok DATA MILLISECONDS" or "errno NUMBER MILLISECONDS".
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define MAX_LENGTH 8192
#define MAX_VECTORS 8

static int container, group, device;
static char answer[2 * MAX_LENGTH + 1];

static void die(const char *what)
{
	printf("failed %s: %s\n", what, strerror(errno));
	exit(1);
}

static int group_number(const char *bdf)
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t length;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", bdf);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		die("iommu_group");
	target[length] = '\0';
	return atoi(strrchr(target, '/') + 1);
}

static void open_device(const char *bdf)
{
	char path[64];

	container = open("/dev/vfio/vfio", O_RDWR);
	if (container < 0)
		die("container");
	snprintf(path, sizeof(path), "/dev/vfio/%d", group_number(bdf));
	group = open(path, O_RDWR);
	if (group < 0)
		die("group");
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container))
		die("set container");
	if (ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		die("set iommu");
	device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, bdf);
	if (device < 0)
		die("device");
}

static int region_of(unsigned int index, struct vfio_region_info *info)
{
	memset(info, 0, sizeof(*info));
	info->argsz = sizeof(*info);
	info->index = index;
	return ioctl(device, VFIO_DEVICE_GET_REGION_INFO, info);
}

static long read_region(unsigned int index, uint64_t offset, size_t length)
{
	static unsigned char data[MAX_LENGTH];
	struct vfio_region_info info;
	ssize_t count;

	if (region_of(index, &info))
		return -errno;
	count = pread(device, data, length, (off_t)(info.offset + offset));
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
	size_t length = strlen(hex) / 2;
	ssize_t count;

	if (region_of(index, &info))
		return -errno;
	for (size_t i = 0; i < length; i++) {
		unsigned int byte;

		sscanf(hex + 2 * i, "%2x", &byte);
		data[i] = (unsigned char)byte;
	}
	count = pwrite(device, data, length, (off_t)(info.offset + offset));
	if (count < 0)
		return -errno;
	sprintf(answer, "%zd", count);
	return 0;
}

static long set_msix(unsigned int count)
{
	char buffer[sizeof(struct vfio_irq_set) + MAX_VECTORS * sizeof(int32_t)];
	struct vfio_irq_set *set = (struct vfio_irq_set *)buffer;
	int32_t *fds = (int32_t *)set->data;

	memset(buffer, 0, sizeof(buffer));
	if (count > MAX_VECTORS)
		return -EINVAL;
	set->argsz = (uint32_t)(sizeof(*set) + count * sizeof(int32_t));
	set->index = VFIO_PCI_MSIX_IRQ_INDEX;
	set->count = count;
	set->flags = VFIO_IRQ_SET_ACTION_TRIGGER;
	set->flags |= count ? VFIO_IRQ_SET_DATA_EVENTFD : VFIO_IRQ_SET_DATA_NONE;
	for (unsigned int i = 0; i < count; i++)
		fds[i] = eventfd(0, EFD_NONBLOCK);
	return ioctl(device, VFIO_DEVICE_SET_IRQS, set) ? -errno : 0;
}

static long execute(const char *line)
{
	static char hex[2 * MAX_LENGTH + 1];
	struct vfio_region_info info;
	unsigned long long offset = 0, length = 0, times = 0;
	unsigned int index = 0;
	long result = 0;

	answer[0] = '\0';
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
	if (sscanf(line, "size %u", &index) == 1) {
		if (region_of(index, &info))
			return -errno;
		sprintf(answer, "%llu", (unsigned long long)info.size);
		return 0;
	}
	if (sscanf(line, "msix %u", &index) == 1)
		return set_msix(index);
	if (!strncmp(line, "reset", 5))
		return ioctl(device, VFIO_DEVICE_RESET) ? -errno : 0;
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

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2)
		return 2;
	open_device(argv[1]);
	puts("open");
	while (fgets(line, sizeof(line), stdin)) {
		long start = milliseconds();
		long result = execute(line);

		if (result)
			printf("errno %ld %ld\n", -result, milliseconds() - start);
		else
			printf("ok %s %ld\n", answer[0] ? answer : "-", milliseconds() - start);
	}
	return 0;
}
