// SPDX-License-Identifier: GPL-2.0-only
/* A console's work: an upload by HTTP/1.0, and the server's answer "SIZE SHA256\n". */
#include "console.h"
#include "data.h"
#include "memory.h"
#include "run.h"
#include "text.h"
#include "wait.h"

/* A line that another guest used may end before its first answer: then the port opens again. */
#define ATTEMPTS 3

static char answer[2048];
static u32 answer_size;

static bool send_head(struct console *console, const char *name, u32 size)
{
	char *start = (char *)console->sent;
	char *end = text_put(start, "PUT /");

	end = text_put(end, name);
	end = text_put(end, " HTTP/1.0\r\nContent-Length: ");
	end = text_put_number(end, size);
	end = text_put(end, "\r\n\r\n");
	return console_send(console, end - start);
}

static bool send_body(struct console *console, struct run *run)
{
	struct random random;

	random_seed(&random, run->seed);
	run->requests = 0;
	run->bytes = 0;
	run->crc = 0;
	while (run->requests < run->count) {
		random_fill(&random, console->sent, CONSOLE_BUFFER);
		if (!console_send(console, CONSOLE_BUFFER))
			return false;
		run->requests++;
		run->bytes += CONSOLE_BUFFER;
		run->crc = crc32(run->crc, console->sent, CONSOLE_BUFFER);
	}
	return true;
}

/* Returns the body once all of it is there, otherwise NULL. */
static const char *answer_body(void)
{
	const char *body = text_find(answer, "\r\n\r\n");
	const char *length = text_find(answer, "Content-Length: ");
	u32 size;

	if (!body || !length || length > body || !text_number(length, &size) ||
	    text_length(body) < size)
		return NULL;
	return body;
}

static bool is_digest(const char *text)
{
	u32 digits = 0;

	while ((text[digits] >= '0' && text[digits] <= '9') ||
	       (text[digits] >= 'a' && text[digits] <= 'f'))
		digits++;
	return digits == DIGEST_LENGTH && text[digits] == '\n';
}

static bool check_body(struct run *run, const char *body)
{
	u32 size;

	body = text_number(body, &size);
	if (!body || *body != ' ' || !is_digest(body + 1))
		return legacy_fail(&run->device, "the server's answer has no size and checksum");
	if (size != run->bytes)
		return legacy_fail_value(&run->device, "the server received bytes", size);
	memcpy(run->digest, body + 1, DIGEST_LENGTH);
	return true;
}

/* Returns the answer's body, or NULL if the other end closed the line, or after a failure. */
static const char *await_body(struct console *console)
{
	const char *body;
	struct wait wait;
	u32 more;

	wait_start(&wait);
	for (;;) {
		/* The line's end comes behind the data, so data are looked for after the end. */
		console_poll(console);
		do {
			more = console_receive(console, answer + answer_size,
					       sizeof(answer) - 1 - answer_size);
			answer_size += more;
			answer[answer_size] = '\0';
		} while (more);
		body = answer_body();
		if (body || !console->open || console->device->error)
			return body;
		if (!wait_more(&wait)) {
			legacy_late(console->device, "no answer of the server");
			return NULL;
		}
	}
}

static const char *upload(struct console *console, struct run *run)
{
	answer_size = 0;
	answer[0] = '\0';
	if (!console_await_peer(console) ||
	    !send_head(console, run->upload, run->count * CONSOLE_BUFFER) ||
	    !send_body(console, run))
		return NULL;
	return await_body(console);
}

bool console_run(struct run *run)
{
	static struct console console;
	const char *body = NULL;
	u32 attempt;

	if (!console_open(&console, &run->device))
		return false;
	for (attempt = 0; attempt < ATTEMPTS && !body; attempt++) {
		body = upload(&console, run);
		if (run->device.error)
			return false;
	}
	if (!body)
		return legacy_fail(&run->device, "the line is closed before the server's answer");
	return check_body(run, body);
}
