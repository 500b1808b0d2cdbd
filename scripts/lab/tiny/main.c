// SPDX-License-Identifier: GPL-2.0-only
/* Drives every legacy virtio device once, and tells the results on COM1. */
#include "io.h"
#include "memory.h"
#include "options.h"
#include "pci.h"
#include "run.h"
#include "serial.h"
#include "wait.h"

#define MAX_DEVICES 32
#define DEBUG_EXIT 0xf4

/* Device types: virtio 0.9.5, 2.1; virtio 1.3, 5. */
struct device_type {
	u16 type;
	const char *name;
	bool (*run)(struct run *run);
};

static const struct device_type types[] = {
	{ 1, "net", net_run },
	{ 2, "blk", block_run },
	{ 3, "console", console_run },
	{ 4, "rng", entropy_run },
};

static u32 failures;

static void print_failure(const char *name, const struct legacy *device)
{
	failures++;
	print("TINY type=");
	print(name);
	print(" failed: ");
	print(device->error);
	if (device->error_has_value) {
		print(" 0x");
		print_hex(device->error_value);
	}
	print("\n");
}

/* Prints " nameN=value", where N is a queue's number. */
static void print_queue(const char *name, u16 number, u32 value)
{
	print(" ");
	print(name);
	print_decimal(number);
	print("=");
	print_decimal(value);
}

static void print_result(const char *name, const struct run *run)
{
	const struct queue *queue = run->device.queues;
	const struct queue *end = queue + run->device.queue_count;

	print("TINY type=");
	print(name);
	print_field("requests", run->requests);
	print_field("bytes", run->bytes);
	print(" crc=");
	print_hex(run->crc);
	if (run->sent || run->received) {
		print_field("sent", run->sent);
		print_field("received", run->received);
	}
	if (run->digest[0]) {
		print(" sha256=");
		print(run->digest);
	}
	/* An idle device has taken "used" entries, and holds the others as receive buffers. */
	for (; queue < end; queue++) {
		print_queue("queue", queue->number, queue->made);
		print_queue("used", queue->number, queue->taken);
	}
	print("\n");
}

static void drive(const struct device_type *type, const struct pci_function *function,
		  const struct options *options)
{
	static struct run run;

	memset(&run, 0, sizeof(run));
	run.device.base = function->base;
	run.device.width = options->width;
	run.count = options->count;
	run.seed = options->seed;
	run.upload = options->upload;
	if (!function->base)
		legacy_fail(&run.device, "BAR 0 is no range of ports");
	if (!run.device.error && type->run(&run))
		print_result(type->name, &run);
	else
		print_failure(type->name, &run.device);
}

/* Drives all devices of a type. Returns their number. */
static u32 drive_type(const struct device_type *type, const struct pci_function *found, u32 count,
		      const struct options *options)
{
	u32 number, driven = 0;

	for (number = 0; number < count; number++) {
		if (found[number].type != type->type)
			continue;
		drive(type, &found[number], options);
		driven++;
	}
	return driven;
}

static void drive_all(const struct options *options)
{
	static struct pci_function found[MAX_DEVICES];
	struct legacy missing = { .error = "no such device" };
	u32 count = pci_scan(found, MAX_DEVICES, options->master);
	u32 number, driven, all = 0;

	for (number = 0; number < ARRAY_SIZE(types); number++) {
		if (!options_has_type(options, types[number].name))
			continue;
		driven = drive_type(&types[number], found, count, options);
		if (!driven && options->types)
			print_failure(types[number].name, &missing);
		all += driven;
	}
	if (!all && !options->types)
		print_failure("all", &missing);
}

/* The machine's owner reads the devices' counters, then types a key. */
static void await_key(void)
{
	while (!serial_input())
		relax();
}

void tiny_main(const char *command_line);

void tiny_main(const char *command_line)
{
	static struct options options;

	serial_init();
	options_parse(&options, command_line);
	wait_limit(options.seconds);
	if (options.wrong) {
		failures++;
		print("TINY options failed: wrong word ");
		print(options.wrong);
		print("\n");
	} else {
		drive_all(&options);
	}
	print("TINY done");
	print_field("failures", failures);
	print("\n");
	await_key();
	outb(failures, DEBUG_EXIT);
}
