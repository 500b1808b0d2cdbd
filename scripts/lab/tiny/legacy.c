// SPDX-License-Identifier: GPL-2.0-only
#include "io.h"
#include "legacy.h"
#include "memory.h"
#include "wait.h"

/* Registers and status bits: virtio 0.9.5, 2.2.2; virtio 1.3, 4.1.4.10 and 2.1. */
struct legacy_register {
	u8 offset, size;
	const char *upper_bits;	/* the failure if a wide read has bits that the register has not */
};

static const struct legacy_register DEVICE_FEATURES = { 0, 4, NULL };
static const struct legacy_register DRIVER_FEATURES = { 4, 4, NULL };
static const struct legacy_register QUEUE_ADDRESS = { 8, 4, NULL };
static const struct legacy_register QUEUE_SIZE = { 12, 2, "upper bits in the queue size" };
static const struct legacy_register QUEUE_SELECT = { 14, 2, NULL };
static const struct legacy_register QUEUE_NOTIFY = { 16, 2, NULL };
static const struct legacy_register DEVICE_STATUS = { 18, 1, "upper bits in the device status" };
static const struct legacy_register ISR_STATUS = { 19, 1, "upper bits in the ISR status" };

#define DEVICE_CONFIG 20

#define STATUS_ACKNOWLEDGE 1
#define STATUS_DRIVER 2
#define STATUS_DRIVER_OK 4

bool legacy_fail(struct legacy *device, const char *why)
{
	if (!device->error)
		device->error = why;
	return false;
}

bool legacy_fail_value(struct legacy *device, const char *why, u32 value)
{
	if (!device->error) {
		device->error_has_value = true;
		device->error_value = value;
	}
	return legacy_fail(device, why);
}

static bool has_lost(struct legacy *device)
{
	u32 number;

	for (number = 0; number < device->queue_count; number++)
		if (queue_has_lost(&device->queues[number])) {
			legacy_fail_value(device, "interrupt lost, queue",
					  device->queues[number].number);
			return true;
		}
	return false;
}

bool legacy_late(struct legacy *device, const char *why)
{
	return !has_lost(device) && legacy_fail(device, why);
}

bool legacy_late_value(struct legacy *device, const char *why, u32 value)
{
	return !has_lost(device) && legacy_fail_value(device, why, value);
}

static bool is_wide(const struct legacy *device, const struct legacy_register *reg)
{
	switch (device->width) {
	case WIDTH_WIDE:
		return true;
	case WIDTH_WIDE_ALIGNED:
		return reg->offset % 4 == 0;
	default:
		return reg->size == 4;
	}
}

static u32 read(struct legacy *device, const struct legacy_register *reg)
{
	u16 port = device->base + reg->offset;
	u32 value;

	if (!is_wide(device, reg))
		return reg->size == 1 ? inb(port) : inw(port);
	value = inl(port);
	if (reg->size < 4 && value >> (reg->size * 8))
		legacy_fail_value(device, reg->upper_bits, value);
	return value;
}

static void write(struct legacy *device, const struct legacy_register *reg, u32 value)
{
	u16 port = device->base + reg->offset;

	if (is_wide(device, reg))
		outl(value, port);
	else if (reg->size == 2)
		outw(value, port);
	else
		outb(value, port);
}

static bool set_status(struct legacy *device, u32 status)
{
	u32 value;

	write(device, &DEVICE_STATUS, status);
	value = read(device, &DEVICE_STATUS);
	if (value != status)
		legacy_fail_value(device, "device status read back differs", value);
	return !device->error;
}

static bool begin_anew(struct legacy *device)
{
	struct wait wait;

	write(device, &DEVICE_STATUS, 0);
	wait_start(&wait);
	while (read(device, &DEVICE_STATUS) && !device->error)
		if (!wait_more(&wait))
			return legacy_fail(device, "reset does not end");
	/* A read clears the register, and with it what the firmware may have left there. */
	read(device, &ISR_STATUS);
	return !device->error;
}

bool legacy_begin(struct legacy *device, u32 wanted)
{
	u32 accepted;

	if (!begin_anew(device))
		return false;
	/* Each write has a single bit, as in Solo5 and MINIX: the status is never 3 or 7. */
	if (!set_status(device, STATUS_ACKNOWLEDGE) || !set_status(device, STATUS_DRIVER))
		return false;
	device->offered = read(device, &DEVICE_FEATURES);
	accepted = device->offered & wanted;
	write(device, &DRIVER_FEATURES, accepted);
	if (read(device, &DRIVER_FEATURES) != accepted)
		return legacy_fail(device, "driver features read back differ");
	return true;
}

struct queue *legacy_queue(struct legacy *device, u16 number)
{
	struct queue *queue = &device->queues[device->queue_count];
	u32 size, page;

	write(device, &QUEUE_SELECT, number);
	if (read(device, &QUEUE_ADDRESS)) {
		legacy_fail_value(device, "queue already in use, number", number);
		return NULL;
	}
	size = read(device, &QUEUE_SIZE);
	if (device->error)
		return NULL;
	if (!size) {
		legacy_fail_value(device, "no queue, number", number);
		return NULL;
	}
	if (!queue_init(queue, device, number, size)) {
		legacy_fail_value(device, "no memory for a queue, size", size);
		return NULL;
	}
	device->queue_count++;
	page = address_of(queue->descriptors) / PAGE_SIZE;
	write(device, &QUEUE_ADDRESS, page);
	if (read(device, &QUEUE_ADDRESS) != page) {
		legacy_fail_value(device, "queue address read back differs, number", number);
		return NULL;
	}
	return queue;
}

bool legacy_start(struct legacy *device)
{
	return set_status(device, STATUS_DRIVER_OK);
}

void legacy_notify(struct legacy *device, u16 queue)
{
	write(device, &QUEUE_NOTIFY, queue);
}

u8 legacy_config8(struct legacy *device, u8 offset)
{
	return inb(device->base + DEVICE_CONFIG + offset);
}

u32 legacy_config32(struct legacy *device, u8 offset)
{
	return inl(device->base + DEVICE_CONFIG + offset);
}
