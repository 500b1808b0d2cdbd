// SPDX-License-Identifier: GPL-2.0-only
/*
 * vfio-poke's commands for interrupts:
 *   intx on           the trigger is a new eventfd
 *   intx replace      likewise, and the former one is closed
 *   intx off | mask | loopback
 *   intx unmask [TIMES]
 *   intx resample     unmasks at each signal of an eventfd; "intx resample-same": of the trigger;
 *                     "intx resample-off": no longer
 *   intx close        closes the descriptor of the trigger and leaves INTx as it is
 *   resample          signals that eventfd
 *   events [MS]       events of the trigger since the last call; waits up to MS for the first one
 *   vector-events N [MS]   the same of an MSI-X vector that "msix" has set up
 *   irq-info INDEX    VFIO_DEVICE_GET_IRQ_INFO; DATA is COUNT,FLAGS. "intx-info": of INTx
 *   irqs [argsz=N] INDEX FLAGS START COUNT DATA...   VFIO_DEVICE_SET_IRQS as it is. DATA is made of words:
 *                     trigger (its descriptor), closed (a descriptor of nothing), file (one of another
 *                     file), fd=N, byte=N
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "poke-commands.h"

#define MAX_DATA 64
#define CLOSED_FD 1000

static int trigger = -1, resample = -1;

unsigned long long poke_events(int fd, int ms)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	uint64_t count = 0;

	if (fd >= 0 && poll(&wait, 1, ms) == 1 && read(fd, &count, sizeof(count)) != sizeof(count))
		return 0;
	return count;
}

int poke_trigger(void)
{
	return trigger;
}

static long set_irqs(struct vfio_device *device, uint32_t index, uint32_t flags, uint32_t start, uint32_t count,
		     const void *data, size_t size, long argsz)
{
	_Alignas(struct vfio_irq_set) char buffer[sizeof(struct vfio_irq_set) + MAX_DATA] = {0};
	struct vfio_irq_set *set = (struct vfio_irq_set *)buffer;

	set->argsz = (uint32_t)(argsz < 0 ? (long)(sizeof(*set) + size) : argsz);
	set->flags = flags;
	set->index = index;
	set->start = start;
	set->count = count;
	memcpy(set->data, data, size);
	return ioctl(device->fd, VFIO_DEVICE_SET_IRQS, set) ? -errno : 0;
}

static long set_intx(struct vfio_device *device, uint32_t action, uint32_t count)
{
	return set_irqs(device, VFIO_PCI_INTX_IRQ_INDEX, action | VFIO_IRQ_SET_DATA_NONE, 0, count, "", 0, -1);
}

static long set_eventfd(struct vfio_device *device, uint32_t action, int fd)
{
	int32_t data = fd;

	return set_irqs(device, VFIO_PCI_INTX_IRQ_INDEX, action | VFIO_IRQ_SET_DATA_EVENTFD, 0, 1, &data,
			sizeof(data), -1);
}

long poke_unmask(struct vfio_device *device)
{
	return set_intx(device, VFIO_IRQ_SET_ACTION_UNMASK, 1);
}

long poke_replace_trigger(struct vfio_device *device, int *old)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	long error = fd < 0 ? -errno : set_eventfd(device, VFIO_IRQ_SET_ACTION_TRIGGER, fd);

	*old = -1;
	if (error) {
		if (fd >= 0)
			close(fd);
		return error;
	}
	*old = trigger;
	trigger = fd;
	return 0;
}

static long replace(struct vfio_device *device)
{
	int old;
	long error = poke_replace_trigger(device, &old);

	if (old >= 0)
		close(old);
	return error;
}

static long unmask_times(struct vfio_device *device, unsigned long times)
{
	long error = 0;

	while (times-- && !error)
		error = poke_unmask(device);
	return error;
}

static long set_resample(struct vfio_device *device)
{
	if (resample < 0)
		resample = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	return resample < 0 ? -errno : set_eventfd(device, VFIO_IRQ_SET_ACTION_UNMASK, resample);
}

static long close_trigger(void)
{
	if (trigger < 0)
		return -EBADF;
	close(trigger);
	trigger = -1;
	return 0;
}

static long signal_resample(void)
{
	uint64_t one = 1;

	return write(resample, &one, sizeof(one)) == sizeof(one) ? 0 : -errno;
}

static long execute_intx(struct vfio_device *device, const char *word, unsigned long times)
{
	if (!strcmp(word, "on") || !strcmp(word, "replace"))
		return replace(device);
	if (!strcmp(word, "off"))
		return set_intx(device, VFIO_IRQ_SET_ACTION_TRIGGER, 0);
	if (!strcmp(word, "loopback"))
		return set_intx(device, VFIO_IRQ_SET_ACTION_TRIGGER, 1);
	if (!strcmp(word, "mask"))
		return set_intx(device, VFIO_IRQ_SET_ACTION_MASK, 1);
	if (!strcmp(word, "unmask"))
		return unmask_times(device, times);
	if (!strcmp(word, "resample"))
		return set_resample(device);
	if (!strcmp(word, "resample-same"))
		return set_eventfd(device, VFIO_IRQ_SET_ACTION_UNMASK, trigger);
	if (!strcmp(word, "resample-off"))
		return set_eventfd(device, VFIO_IRQ_SET_ACTION_UNMASK, -1);
	if (!strcmp(word, "close"))
		return close_trigger();
	return -ENOSYS;
}

static long irq_info(struct vfio_device *device, unsigned int index, char *answer)
{
	struct vfio_irq_info info = {.argsz = sizeof(info), .index = index};

	if (ioctl(device->fd, VFIO_DEVICE_GET_IRQ_INFO, &info))
		return -errno;
	sprintf(answer, "%u,%u", info.count, info.flags);
	return 0;
}

/* Appends what a word stands for. Returns the new size, or 0 for no such word. */
static size_t add_data(char *data, size_t size, const char *word)
{
	static int other = -1;
	int32_t fd;

	if (other < 0)
		other = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (size + sizeof(fd) > MAX_DATA)
		return 0;
	if (!strncmp(word, "byte=", 5)) {
		data[size] = (char)atoi(word + 5);
		return size + 1;
	}
	if (!strcmp(word, "trigger"))
		fd = trigger;
	else if (!strcmp(word, "closed"))
		fd = CLOSED_FD;
	else if (!strcmp(word, "file"))
		fd = other;
	else if (!strncmp(word, "fd=", 3))
		fd = atoi(word + 3);
	else
		return 0;
	memcpy(data + size, &fd, sizeof(fd));
	return size + sizeof(fd);
}

static long execute_irqs(struct vfio_device *device, const char *line)
{
	char text[256], data[MAX_DATA] = {0}, *word;
	uint32_t numbers[4];
	long argsz = -1;
	size_t size = 0;

	snprintf(text, sizeof(text), "%s", line);
	word = strtok(text, " \n");
	if (word && !strncmp(word, "argsz=", 6)) {
		argsz = atol(word + 6);
		word = strtok(NULL, " \n");
	}
	for (unsigned int i = 0; i < 4; i++, word = strtok(NULL, " \n")) {
		if (!word)
			return -ENOSYS;
		numbers[i] = (uint32_t)strtoul(word, NULL, 0);
	}
	for (; word; word = strtok(NULL, " \n")) {
		size = add_data(data, size, word);
		if (!size)
			return -ENOSYS;
	}
	return set_irqs(device, numbers[0], numbers[1], numbers[2], numbers[3], data, size, argsz);
}

static long count_vector(struct vfio_device *device, unsigned int vector, int ms, char *answer)
{
	if (vector >= device->vector_count)
		return -EINVAL;
	sprintf(answer, "%llu", poke_events(device->vectors[vector], ms));
	return 0;
}

bool poke_intx(struct vfio_device *device, const char *line, char *answer, long *result)
{
	unsigned long times = 1;
	unsigned int index;
	char word[32];
	int ms = 0;

	*result = 0;
	if (!strncmp(line, "intx-info", 9))
		*result = irq_info(device, VFIO_PCI_INTX_IRQ_INDEX, answer);
	else if (sscanf(line, "intx %31s %lu", word, &times) >= 1)
		*result = execute_intx(device, word, times);
	else if (sscanf(line, "irq-info %u", &index) == 1)
		*result = irq_info(device, index, answer);
	else if (!strncmp(line, "irqs ", 5))
		*result = execute_irqs(device, line + 5);
	else if (!strncmp(line, "resample", 8))
		*result = signal_resample();
	else if (sscanf(line, "vector-events %u %d", &index, &ms) >= 1)
		*result = count_vector(device, index, ms, answer);
	else if (sscanf(line, "events %d", &ms) == 1 || !strncmp(line, "events", 6))
		sprintf(answer, "%llu", poke_events(trigger, ms));
	else
		return false;
	return true;
}
