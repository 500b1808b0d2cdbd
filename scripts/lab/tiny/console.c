// SPDX-License-Identifier: GPL-2.0-only
#include "console.h"
#include "memory.h"
#include "wait.h"

/* virtio 0.9.5, appendix E; virtio 1.3, 5.3. */
#define FEATURE_MULTIPORT BIT(1)
#define CONFIG_MAX_PORTS 4
#define PORT0_RECEIVE 0
#define PORT0_TRANSMIT 1
#define CONTROL_RECEIVE 2
#define CONTROL_TRANSMIT 3
#define PORT1_RECEIVE 4
#define PORT1_TRANSMIT 5

enum { DEVICE_READY = 0, PORT_ADD = 1, PORT_REMOVE = 2, PORT_READY = 3, PORT_OPEN = 6 };

struct control {
	u32 port;
	u16 event, value;
};

/* A message may carry a port's name. */
#define CONTROL_BUFFER 256u
#define CONTROL_BUFFERS 16u
#define RECEIVE_BUFFERS 4u

static void post(struct queue *queue, u8 *buffers, u32 size, u32 number)
{
	struct segment segment = { buffers + number * size, size, true };

	queue_add(queue, number, &segment, 1);
}

static bool post_all(struct queue *queue, u8 *buffers, u32 size, u32 count)
{
	u32 number;

	if (queue->size < count)
		return legacy_fail_value(queue->device, "queue too small, number", queue->number);
	for (number = 0; number < count; number++)
		post(queue, buffers, size, number);
	return true;
}

/* Takes a filled buffer. The caller gives it back with post(). */
static bool take(struct queue *queue, u32 size, u32 count, u16 *number, u32 *written)
{
	if (!queue_take(queue, number, written))
		return false;
	if (*number >= count)
		return legacy_fail_value(queue->device, "used entry of no request, id", *number);
	if (*written > size)
		return legacy_fail_value(queue->device, "length of a request", *written);
	return true;
}

static void handle_control(struct console *console, const struct control *message)
{
	switch (message->event) {
	case PORT_ADD:
		if (message->port < 2)
			console->announced |= BIT(message->port);
		break;
	case PORT_REMOVE:
		if (message->port == console->port)
			console->open = false;
		break;
	case PORT_OPEN:
		if (message->port == console->port)
			console->open = message->value;
		break;
	default:
		break;
	}
}

void console_poll(struct console *console)
{
	struct queue *queue = console->control_in;
	u32 written;
	u16 number;

	if (!queue)
		return;
	while (take(queue, CONTROL_BUFFER, CONTROL_BUFFERS, &number, &written)) {
		if (written >= sizeof(struct control))
			handle_control(console, (const void *)(console->control_buffers +
							       number * CONTROL_BUFFER));
		post(queue, console->control_buffers, CONTROL_BUFFER, number);
		queue_notify(queue);
	}
}

static bool send_control(struct console *console, u32 port, u16 event)
{
	struct control *message = (void *)console->control_message;
	struct segment segment = { message, sizeof(*message), false };
	u32 written;

	message->port = port;
	message->event = event;
	message->value = 1;
	return queue_request(console->control_out, &segment, 1, &written);
}

/* Prefers port 1. A device that has port 0 only announces no other. */
static bool choose_port(struct console *console)
{
	struct wait wait;

	if (!send_control(console, 0, DEVICE_READY))
		return false;
	wait_start(&wait);
	for (console_poll(console); !console->announced; console_poll(console)) {
		if (console->device->error)
			return false;
		if (!wait_more(&wait))
			return legacy_late(console->device, "no port 0 or 1 announced");
	}
	console->port = console->announced & 2 ? 1 : 0;
	return true;
}

/* Finds the queues of a port, which set_up() has made in the order of their numbers. */
static void use_port(struct console *console)
{
	struct queue *queues = console->device->queues;
	u32 first = console->port ? PORT1_RECEIVE : PORT0_RECEIVE;

	console->receive = &queues[first];
	console->transmit = &queues[first + 1];
}

static bool set_up(struct console *console)
{
	struct legacy *device = console->device;
	u16 queues = PORT0_TRANSMIT + 1, number;

	if (!legacy_begin(device, FEATURE_MULTIPORT))
		return false;
	if (device->offered & FEATURE_MULTIPORT)
		queues = legacy_config32(device, CONFIG_MAX_PORTS) > 1 ? PORT1_TRANSMIT + 1 :
									CONTROL_TRANSMIT + 1;
	for (number = 0; number < queues; number++)
		if (!legacy_queue(device, number))
			return false;
	if (device->offered & FEATURE_MULTIPORT) {
		console->control_in = &device->queues[CONTROL_RECEIVE];
		console->control_out = &device->queues[CONTROL_TRANSMIT];
	}
	return true;
}

static bool start(struct console *console)
{
	if (console->control_in && !post_all(console->control_in, console->control_buffers,
					     CONTROL_BUFFER, CONTROL_BUFFERS))
		return false;
	if (!legacy_start(console->device))
		return false;
	if (console->control_in) {
		queue_notify(console->control_in);
		if (!choose_port(console))
			return false;
	}
	use_port(console);
	if (!post_all(console->receive, console->receive_buffers, CONSOLE_BUFFER, RECEIVE_BUFFERS))
		return false;
	queue_notify(console->receive);
	return !console->control_in || (send_control(console, console->port, PORT_READY) &&
					send_control(console, console->port, PORT_OPEN));
}

bool console_open(struct console *console, struct legacy *device)
{
	memset(console, 0, sizeof(*console));
	console->device = device;
	console->control_buffers = pages(CONTROL_BUFFERS * CONTROL_BUFFER / PAGE_SIZE);
	console->receive_buffers = pages(RECEIVE_BUFFERS * CONSOLE_BUFFER / PAGE_SIZE);
	console->control_message = pages(1);
	console->sent = pages(1);
	if (!console->control_buffers || !console->receive_buffers ||
	    !console->control_message || !console->sent)
		return legacy_fail(device, "no memory");
	return set_up(console) && start(console);
}

bool console_await_peer(struct console *console)
{
	struct wait wait;

	if (!console->control_in)
		console->open = true;
	wait_start(&wait);
	for (console_poll(console); !console->open; console_poll(console)) {
		if (console->device->error)
			return false;
		if (!wait_more(&wait))
			return legacy_late_value(console->device, "port not opened, number",
						 console->port);
	}
	return true;
}

bool console_send(struct console *console, u32 size)
{
	struct segment segment = { console->sent, size, false };
	u32 written;

	return queue_request(console->transmit, &segment, 1, &written);
}

u32 console_receive(struct console *console, char *to, u32 max)
{
	u32 written, size;
	u16 number;

	if (!take(console->receive, CONSOLE_BUFFER, RECEIVE_BUFFERS, &number, &written))
		return 0;
	size = written < max ? written : max;
	memcpy(to, console->receive_buffers + number * CONSOLE_BUFFER, size);
	post(console->receive, console->receive_buffers, CONSOLE_BUFFER, number);
	queue_notify(console->receive);
	return size;
}
