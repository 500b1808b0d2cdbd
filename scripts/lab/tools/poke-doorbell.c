// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-poke's commands for doorbells by eventfd (VFIO_DEVICE_IOEVENTFD):
 *   ioeventfd add QUEUE      registers a new eventfd for notifications of a queue
 *   ioeventfd remove QUEUE   ends the registration, and closes the eventfd
 *   ioeventfd close QUEUE    closes the eventfd alone
 *   ioeventfd many COUNT     registers one eventfd for COUNT queues, from 4096 on; DATA is how many
 *                            were taken, then ":ERRNO" if that are not all
 *   ioeventfd raw ARGSZ FLAGS REGION OFFSET DATA FD  the ioctl with these arguments. FD is a number, or
 *                            "new" for an eventfd that is closed afterwards
 *   kick QUEUE               signals the queue's eventfd, once
 *   kicks COUNT QUEUE        signals it so often
 *   sleep                    lets runtime power management suspend the function
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "legacy-registers.h"
#include "poke-commands.h"

#define QUEUES 16
#define FIRST_OF_MANY 4096

static int events[QUEUES];	/* 0: none */

static long set_event(const struct vfio_device *device, uint64_t queue, int fd)
{
	struct vfio_region_info info;
	int error = vfio_region(device, 0, &info);
	struct vfio_device_ioeventfd request = {
		.argsz = sizeof(request),
		.flags = VFIO_DEVICE_IOEVENTFD_16,
		.data = queue,
		.fd = fd,
	};

	if (error)
		return error;
	request.offset = info.offset + QUEUE_NOTIFY;
	return ioctl(device->fd, VFIO_DEVICE_IOEVENTFD, &request) ? -errno : 0;
}

static void close_event(unsigned int queue)
{
	if (events[queue])
		close(events[queue]);
	events[queue] = 0;
}

static long add(const struct vfio_device *device, unsigned int queue)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	long error;

	if (fd < 0)
		return -errno;
	error = set_event(device, queue, fd);
	if (error) {
		close(fd);
		return error;
	}
	close_event(queue);
	events[queue] = fd;
	return 0;
}

static long remove_event(const struct vfio_device *device, unsigned int queue)
{
	long error = set_event(device, queue, -1);

	if (!error)
		close_event(queue);
	return error;
}

static long add_many(const struct vfio_device *device, unsigned int count, char *answer)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	unsigned int done = 0;
	long error = 0;

	if (fd < 0)
		return -errno;
	while (done < count && !error) {
		error = set_event(device, FIRST_OF_MANY + done, fd);
		done += !error;
	}
	sprintf(answer, error ? "%u:%ld" : "%u", done, -error);
	close(fd);
	return 0;
}

static long raw(const struct vfio_device *device, const char *line)
{
	struct vfio_device_ioeventfd request = {0};
	unsigned int argsz, flags, region;
	long long offset, data;
	bool made;
	char fd[16];
	long result;

	if (sscanf(line, "%u %i %u %lli %lli %15s", &argsz, &flags, &region, &offset, &data, fd) != 6)
		return -ENOSYS;
	made = !strcmp(fd, "new");
	request.argsz = argsz;
	request.flags = flags;
	request.offset = ((uint64_t)region << 40) + (uint64_t)offset;
	request.data = (uint64_t)data;
	request.fd = made ? eventfd(0, EFD_CLOEXEC) : atoi(fd);
	result = ioctl(device->fd, VFIO_DEVICE_IOEVENTFD, &request) ? -errno : 0;
	if (made)
		close(request.fd);
	return result;
}

static long kick(unsigned int queue, unsigned int count)
{
	uint64_t one = 1;

	if (!events[queue])
		return -EBADF;
	for (unsigned int i = 0; i < count; i++)
		if (write(events[queue], &one, sizeof(one)) != sizeof(one))
			return -errno;
	return 0;
}

static long let_sleep(const struct vfio_device *device)
{
	struct vfio_device_feature feature = {
		.argsz = sizeof(feature),
		.flags = VFIO_DEVICE_FEATURE_SET | VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY,
	};

	return ioctl(device->fd, VFIO_DEVICE_FEATURE, &feature) ? -errno : 0;
}

static long ioeventfd(const struct vfio_device *device, const char *line, char *answer)
{
	unsigned int number = 0;

	if (!strncmp(line, "raw ", 4))
		return raw(device, line + 4);
	if (sscanf(line, "many %u", &number) == 1)
		return add_many(device, number, answer);
	if (sscanf(line, "%*s %u", &number) != 1 || number >= QUEUES)
		return -ENOSYS;
	if (!strncmp(line, "add ", 4))
		return add(device, number);
	if (!strncmp(line, "remove ", 7))
		return remove_event(device, number);
	if (strncmp(line, "close ", 6))
		return -ENOSYS;
	close_event(number);
	return 0;
}

bool poke_doorbell(struct vfio_device *device, const char *line, char *answer, long *result)
{
	unsigned int count = 1, queue;

	if (!strncmp(line, "ioeventfd ", 10))
		*result = ioeventfd(device, line + 10, answer);
	else if (sscanf(line, "kick %u", &queue) == 1 || sscanf(line, "kicks %u %u", &count, &queue) == 2)
		*result = queue < QUEUES ? kick(queue, count) : -ENOSYS;
	else if (!strncmp(line, "sleep", 5))
		*result = let_sleep(device);
	else
		return false;
	return true;
}
