// SPDX-License-Identifier: GPL-2.0-only
#include "vfio-device.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int group_number(const char *bdf)
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t length;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", bdf);
	length = readlink(path, target, sizeof(target) - 1);
	if (length < 0)
		return -errno;
	target[length] = '\0';
	return atoi(strrchr(target, '/') + 1);
}

static int open_group(struct vfio_device *device, const char *bdf)
{
	char path[64];
	int number;

	device->failed = "iommu_group";
	number = group_number(bdf);
	if (number < 0)
		return number;
	device->failed = "container";
	device->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (device->container < 0)
		return -errno;
	device->failed = "group";
	snprintf(path, sizeof(path), "/dev/vfio/%d", number);
	device->group = open(path, O_RDWR | O_CLOEXEC);
	return device->group < 0 ? -errno : 0;
}

static int open_device(struct vfio_device *device, const char *bdf)
{
	int error = open_group(device, bdf);

	if (error)
		return error;
	device->failed = "set container";
	if (ioctl(device->group, VFIO_GROUP_SET_CONTAINER, &device->container))
		return -errno;
	device->failed = "set iommu";
	if (ioctl(device->container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		return -errno;
	device->failed = "device";
	device->fd = ioctl(device->group, VFIO_GROUP_GET_DEVICE_FD, bdf);
	return device->fd < 0 ? -errno : 0;
}

int vfio_open(struct vfio_device *device, const char *bdf)
{
	int error;

	memset(device, 0, sizeof(*device));
	device->container = device->group = device->fd = -1;
	error = open_device(device, bdf);
	if (error)
		vfio_close(device);
	else
		device->failed = NULL;
	return error;
}

static void close_vectors(struct vfio_device *device)
{
	while (device->vector_count)
		close(device->vectors[--device->vector_count]);
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void vfio_close(struct vfio_device *device)
{
	close_one(&device->fd);
	close_one(&device->group);
	close_one(&device->container);
	close_vectors(device);
}

int vfio_region(const struct vfio_device *device, unsigned int index,
		struct vfio_region_info *info)
{
	memset(info, 0, sizeof(*info));
	info->argsz = sizeof(*info);
	info->index = index;
	return ioctl(device->fd, VFIO_DEVICE_GET_REGION_INFO, info) ? -errno : 0;
}

static int whole(ssize_t done, size_t length)
{
	if (done < 0)
		return -errno;
	return (size_t)done == length ? 0 : -EIO;
}

int vfio_read(const struct vfio_device *device, uint64_t offset, void *data, size_t length)
{
	return whole(pread(device->fd, data, length, (off_t)offset), length);
}

int vfio_write(const struct vfio_device *device, uint64_t offset, const void *data, size_t length)
{
	return whole(pwrite(device->fd, data, length, (off_t)offset), length);
}

static int make_vectors(struct vfio_device *device, unsigned int count)
{
	while (device->vector_count < count) {
		int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

		if (fd < 0)
			return -errno;
		device->vectors[device->vector_count++] = fd;
	}
	return 0;
}

int vfio_set_msix(struct vfio_device *device, unsigned int count)
{
	_Alignas(struct vfio_irq_set) char buffer[sizeof(struct vfio_irq_set) +
						  sizeof(device->vectors)] = {0};
	struct vfio_irq_set *set = (struct vfio_irq_set *)buffer;
	size_t size = count * sizeof(device->vectors[0]);
	int error;

	if (count > VFIO_MAX_VECTORS)
		return -EINVAL;
	error = make_vectors(device, count);
	if (error)
		return error;
	set->argsz = (uint32_t)(sizeof(*set) + size);
	set->index = VFIO_PCI_MSIX_IRQ_INDEX;
	set->count = count;
	set->flags = VFIO_IRQ_SET_ACTION_TRIGGER;
	set->flags |= count ? VFIO_IRQ_SET_DATA_EVENTFD : VFIO_IRQ_SET_DATA_NONE;
	memcpy(set->data, device->vectors, size);
	return ioctl(device->fd, VFIO_DEVICE_SET_IRQS, set) ? -errno : 0;
}

int vfio_set_intx(const struct vfio_device *device, int eventfd)
{
	_Alignas(struct vfio_irq_set) char buffer[sizeof(struct vfio_irq_set) + sizeof(eventfd)] = {0};
	struct vfio_irq_set *set = (struct vfio_irq_set *)buffer;
	bool on = eventfd >= 0;

	set->argsz = (uint32_t)(sizeof(*set) + (on ? sizeof(eventfd) : 0));
	set->index = VFIO_PCI_INTX_IRQ_INDEX;
	set->count = on;
	set->flags = VFIO_IRQ_SET_ACTION_TRIGGER;
	set->flags |= on ? VFIO_IRQ_SET_DATA_EVENTFD : VFIO_IRQ_SET_DATA_NONE;
	memcpy(set->data, &eventfd, sizeof(eventfd));
	return ioctl(device->fd, VFIO_DEVICE_SET_IRQS, set) ? -errno : 0;
}

int vfio_unmask_intx(const struct vfio_device *device)
{
	struct vfio_irq_set set = {
		.argsz = sizeof(set),
		.flags = VFIO_IRQ_SET_ACTION_UNMASK | VFIO_IRQ_SET_DATA_NONE,
		.index = VFIO_PCI_INTX_IRQ_INDEX,
		.count = 1,
	};

	return ioctl(device->fd, VFIO_DEVICE_SET_IRQS, &set) ? -errno : 0;
}

int vfio_map(const struct vfio_device *device, uint64_t iova, void *memory, size_t length)
{
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)memory,
		.iova = iova,
		.size = length,
	};

	return ioctl(device->container, VFIO_IOMMU_MAP_DMA, &map) ? -errno : 0;
}

int vfio_reset(const struct vfio_device *device)
{
	return ioctl(device->fd, VFIO_DEVICE_RESET) ? -errno : 0;
}
