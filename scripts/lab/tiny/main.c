// SPDX-License-Identifier: GPL-2.0-only
/* Drives every legacy virtio device once, and tells the results on COM1. */
#include "interrupt.h"
#include "io.h"
#include "memory.h"
#include "options.h"
#include "pci.h"
#include "run.h"
#include "serial.h"
#include "toggle.h"
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

static void print_interrupts(const struct interrupt_source *source)
{
	if (!source)
		return;
	print_field("line", source->line);
	print_field("interrupts", source->interrupts);
	print_field("isr_queue", source->isr_queue);
	print_field("isr_config", source->isr_config);
	print_field("spurious", source->spurious);
	print_field("unread", source->unread);
}

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
	print_interrupts(run->device.source);
	/* An idle device has taken "used" entries, and holds the others as receive buffers. */
	for (; queue < end; queue++) {
		print_queue("queue", queue->number, queue->made);
		print_queue("used", queue->number, queue->taken);
	}
	print("\n");
}

/* Installs the device's handler, or notes why there is none. */
static void install(struct legacy *device, const struct pci_function *function, const char *name)
{
	if (!function->pin) {
		legacy_fail(device, "no Interrupt Pin");
		return;
	}
	device->source = interrupts_add(name, device, function->line);
	if (!device->source)
		legacy_fail_value(device, "no handler for Interrupt Line", function->line);
}

/* Counts what comes late, and lets the handler forget the device. Its line stays enabled. */
static void finish(struct interrupt_source *source)
{
	if (!source)
		return;
	interrupts_settle();
	source->device = NULL;
}

static void toggle(const struct device_type *type, const struct pci_function *function, u32 seconds)
{
	print("TINY toggled type=");
	print(type->name);
	print_field("rounds", toggle_run(function, seconds));
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
	run.device.suppress = options->suppress;
	if (!function->base)
		legacy_fail(&run.device, "BAR 0 is no range of ports");
	else if (options->toggle)
		toggle(type, function, options->toggle);
	if (options->interrupts && !run.device.error)
		install(&run.device, function, type->name);
	if (!run.device.error)
		type->run(&run);
	finish(run.device.source);
	if (!run.device.error)
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

static bool start_interrupts(const struct options *options)
{
	struct legacy machine = { .error = NULL };

	if (!options->interrupts)
		return true;
	machine.error = interrupts_start(options->unread);
	if (machine.error)
		print_failure("all", &machine);
	return !machine.error;
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

/* What all handlers have counted, whatever the device's result. */
static void print_sources(void)
{
	const struct interrupt_source *source;
	u32 number;

	for (number = 0; (source = interrupts_source(number)); number++) {
		print("TINY counted type=");
		print(source->name);
		print_interrupts(source);
		print("\n");
	}
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
	} else if (start_interrupts(&options)) {
		drive_all(&options);
	}
	print_sources();
	print("TINY done");
	print_field("failures", failures);
	print("\n");
	await_key();
	outb(failures, DEBUG_EXIT);
}
