// SPDX-License-Identifier: GPL-2.0-only
#include "pair.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "legacy-registers.h"

/* Those of the recorded guests; the group's file keeps the kernel away from them. */
const struct queue_window queue_windows[QUEUE_WINDOWS] = {{0x7f00, 0x100}, {0x12300, 0x100}};

bool pair_fail(struct pair *pair, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(pair->failure, sizeof(pair->failure), format, arguments);
	va_end(arguments);
	return false;
}

static bool map_windows(struct pair *pair, struct client *client, char **memory, int file)
{
	for (unsigned int i = 0; i < QUEUE_WINDOWS; i++) {
		const struct queue_window *window = &queue_windows[i];
		size_t length = window->count * QUEUE_PAGE;
		int flags = MAP_SHARED | (file < 0 ? MAP_ANONYMOUS : 0);

		memory[i] = mmap(NULL, length, PROT_READ | PROT_WRITE, flags, file,
				 file < 0 ? 0 : (off_t)(window->first * QUEUE_PAGE));
		if (memory[i] == MAP_FAILED ||
		    vfio_map(&client->device, window->first * QUEUE_PAGE, memory[i], length))
			return pair_fail(pair, "%s: memory of the queues", client->bdf);
		memset(memory[i], 0, length);
	}
	return true;
}

static bool open_one(struct pair *pair, struct client *client, const char *bdf, char **memory,
		     int file)
{
	static const struct trace nothing;

	if (!client_open(client, bdf, &nothing, NULL))
		return pair_fail(pair, "%s", client->error);
	if (map_windows(pair, client, memory, file))
		return true;
	client_close(client);
	return false;
}

static bool open_both(struct pair *pair, const char *ours, const char *theirs, int file)
{
	if (!open_one(pair, &pair->ours, ours, pair->our_memory, -1))
		return false;
	if (open_one(pair, &pair->theirs, theirs, pair->their_memory, file))
		return true;
	client_close(&pair->ours);
	return false;
}

bool pair_open(struct pair *pair, const char *ours, const char *theirs, const char *memory)
{
	int file = memory ? open(memory, O_RDWR | O_CLOEXEC) : -1;
	bool opened;

	pair->requests_allowed = memory;
	if (memory && file < 0)
		return pair_fail(pair, "%s: %s", memory, strerror(errno));
	opened = open_both(pair, ours, theirs, file);
	if (file >= 0)
		close(file);
	if (!opened || pair_check_identity(pair))
		return opened;
	pair_close(pair);
	return false;
}

void pair_close(struct pair *pair)
{
	const struct access reset = {.kind = ACCESS_WRITE, .offset = DEVICE_STATUS, .width = 1};

	client_access(&pair->ours, &reset);
	client_access(&pair->theirs, &reset);
	client_close(&pair->ours);
	client_close(&pair->theirs);
}

unsigned int pair_config(const struct pair *pair)
{
	return pair->msix ? DEVICE_CONFIG_MSIX : DEVICE_CONFIG;
}

/*
 * Not compared, because nobody says what is there: a VF has a BAR with room for the type's
 * largest configuration, and reads 0; QEMU reads ones, up to the end of a smaller BAR.
 */
static bool is_behind_the_end(const struct pair *pair, const struct access *access)
{
	return access->offset + access->width > pair_config(pair) + pair->config_length;
}

static bool in_a_window(uint32_t page)
{
	for (unsigned int i = 0; i < QUEUE_WINDOWS; i++) {
		const struct queue_window *window = &queue_windows[i];

		if (page >= window->first &&
		    page + QUEUE_PAGES <= window->first + window->count)
			return true;
	}
	return !page;
}

/* In the middle of a register there is nothing to read or write. */
static bool starts_a_register(const struct pair *pair, unsigned int offset)
{
	if (offset >= pair_config(pair))
		return true;
	switch (offset) {
	case DEVICE_FEATURES:
	case DRIVER_FEATURES:
	case QUEUE_ADDRESS:
	case QUEUE_SIZE:
	case QUEUE_SELECT:
	case QUEUE_NOTIFY:
	case DEVICE_STATUS:
	case ISR_STATUS:
	case CONFIG_VECTOR:
	case QUEUE_VECTOR:
		return true;
	default:
		return false;
	}
}

/* Whether it would take a command, were each access one. */
static bool is_forwarded(const struct pair *pair, const struct access *access)
{
	if (access->kind == ACCESS_MSIX || !starts_a_register(pair, access->offset))
		return false;
	if (access->kind == ACCESS_READ)
		return true;
	switch (access->offset) {
	case DEVICE_FEATURES:
	case QUEUE_SIZE:
	case QUEUE_NOTIFY:
	case ISR_STATUS:
		return false;
	default:
		return true;
	}
}

static void print_access(const struct access *access, char *text, size_t size)
{
	switch (access->kind) {
	case ACCESS_READ:
		snprintf(text, size, "R(%u, %u)", access->offset, access->width);
		break;
	case ACCESS_WRITE:
		snprintf(text, size, "W(%u, %u, %#x)", access->offset, access->width, access->value);
		break;
	case ACCESS_MSIX:
		snprintf(text, size, "MSIX(%u)", access->value);
		break;
	}
}

static bool compare(struct pair *pair, const struct access *access)
{
	char text[64];

	if (access->kind != ACCESS_READ)
		return true;
	pair->compared++;
	pair->interrupts += access->offset == ISR_STATUS && pair->theirs.last;
	if (pair->ours.last == pair->theirs.last)
		return true;
	print_access(access, text, sizeof(text));
	return pair_fail(pair, "%s is %#x, and %#x of the reference", text, pair->ours.last,
			 pair->theirs.last);
}

static bool perform_on_both(struct pair *pair, const struct access *access)
{
	if (!client_access(&pair->ours, access))
		return pair_fail(pair, "%s", pair->ours.error);
	if (!client_access(&pair->theirs, access))
		return pair_fail(pair, "%s", pair->theirs.error);
	return true;
}

bool pair_perform(struct pair *pair, const struct access *access)
{
	struct pair_access *past = &pair->history[pair->accesses % PAIR_HISTORY];
	struct access now = *access;

	if (pair->failure[0])
		return false;
	if (is_behind_the_end(pair, access)) {
		pair->skipped++;
		return true;
	}
	if (now.kind == ACCESS_WRITE && now.last)
		now.value = pair->ours.last;
	if (now.kind == ACCESS_WRITE && now.width < sizeof(now.value))
		now.value &= (1u << 8 * now.width) - 1;
	if (now.kind == ACCESS_WRITE && now.offset == QUEUE_ADDRESS && !in_a_window(now.value))
		return pair_fail(pair, "no memory for a queue at page %#x", now.value);
	if (now.kind == ACCESS_MSIX && now.value > pair->vectors)
		now.value = pair->vectors;
	now.last = false;
	pair->accesses++;
	pair->forwarded += is_forwarded(pair, &now);
	past->access = now;
	if (!perform_on_both(pair, &now))
		return false;
	past->ours = pair->ours.last;
	past->theirs = pair->theirs.last;
	if (now.kind == ACCESS_MSIX)
		pair->msix = now.value;
	return compare(pair, &now);
}

bool pair_play(struct pair *pair, const struct trace *trace)
{
	for (size_t i = 0; i < trace->count; i++)
		if (!pair_perform(pair, &trace->accesses[i]))
			return false;
	return true;
}

bool pair_read(struct pair *pair, unsigned int offset, unsigned int width)
{
	const struct access access = {.kind = ACCESS_READ, .offset = offset, .width = width};

	return pair_perform(pair, &access);
}

bool pair_write(struct pair *pair, unsigned int offset, unsigned int width, uint32_t value)
{
	const struct access access = {
		.kind = ACCESS_WRITE, .offset = offset, .width = width, .value = value};

	return pair_perform(pair, &access);
}

bool pair_msix(struct pair *pair, bool on)
{
	const struct access access = {.kind = ACCESS_MSIX, .value = on ? pair->vectors : 0};

	return pair_perform(pair, &access);
}

void pair_print_history(const struct pair *pair)
{
	uint64_t first = pair->accesses > PAIR_HISTORY ? pair->accesses - PAIR_HISTORY : 0;

	for (uint64_t i = first; i < pair->accesses; i++) {
		const struct pair_access *past = &pair->history[i % PAIR_HISTORY];
		char text[64];

		print_access(&past->access, text, sizeof(text));
		if (past->access.kind == ACCESS_READ)
			printf("%s  // %#x, %#x\n", text, past->ours, past->theirs);
		else
			printf("%s\n", text);
	}
}
