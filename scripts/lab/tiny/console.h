/* SPDX-License-Identifier: GPL-2.0-only */
/* A console device's byte stream: port 0, or the port that the device announces. */
#ifndef TINY_CONSOLE_H
#define TINY_CONSOLE_H

#include "legacy.h"

#define CONSOLE_BUFFER 1024u

struct console {
	struct legacy *device;
	struct queue *control_in, *control_out;	/* NULL if the device has one port only */
	struct queue *receive, *transmit;
	u32 port;
	u32 announced;		/* a bit for each of the first two ports */
	bool open;		/* the port's other end is there */
	u8 *control_buffers, *control_message, *receive_buffers;
	u8 *sent;		/* CONSOLE_BUFFER bytes for what is sent next */
};

/* Sets up the device and chooses a port. Returns false with the device's error set. */
bool console_open(struct console *console, struct legacy *device);

/* Waits until the port's other end is there. Without a control queue it counts as there. */
bool console_await_peer(struct console *console);

/* Sends the first @size bytes of @sent. */
bool console_send(struct console *console, u32 size);

/*
 * Copies what one receive buffer got to @to, up to @max bytes. Returns the number of bytes, which
 * is 0 if there is none, or after a failure.
 */
u32 console_receive(struct console *console, char *to, u32 max);

/* Handles the messages in the control queue, which may close the port. */
void console_poll(struct console *console);

#endif
