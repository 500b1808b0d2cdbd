/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VF and a reference, a transitional device of the same type. The same is done to both, and
 * every value that is read has to be the same.
 */
#ifndef PAIR_H
#define PAIR_H

#include "legacy-client.h"

#define PAIR_HISTORY 20
#define QUEUE_WINDOWS 2

struct pair_access {
	struct access access;
	uint32_t ours, theirs;	/* what was read */
};

struct pair {
	struct client ours, theirs;
	const char *type;
	bool is_console;
	bool without_intx;		/* the VF offers none */
	unsigned int config_length;	/* of the device's own configuration, in bytes */
	unsigned int config_unused;	/* one of them that is in no field; 0: none */
	unsigned int vectors;
	bool msix;
	char *our_memory[QUEUE_WINDOWS], *their_memory[QUEUE_WINDOWS];
	bool requests_allowed;		/* the reference's memory is the one it uses */
	uint64_t accesses, forwarded, compared, skipped;
	uint64_t requests, interrupts;	/* the latter as seen in the ISR status */
	struct pair_access history[PAIR_HISTORY];
	char failure[320];		/* empty: none yet */
};

/* Each returns whether all is well. After a failure no access is made any more. */

/*
 * @pair is all zero but for without_intx. Both devices are open then, and have the same identity.
 * The queues of the reference are at their address in the file @memory. If it is NULL, their place
 * is not known, and there are no requests.
 */
bool pair_open(struct pair *pair, const char *ours, const char *theirs, const char *memory);
void pair_close(struct pair *pair);

bool pair_perform(struct pair *pair, const struct access *access);
bool pair_play(struct pair *pair, const struct trace *trace);
bool pair_read(struct pair *pair, unsigned int offset, unsigned int width);
bool pair_write(struct pair *pair, unsigned int offset, unsigned int width, uint32_t value);
bool pair_msix(struct pair *pair, bool on);

bool pair_fail(struct pair *pair, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The last accesses, as lines of a trace with what was read. */
void pair_print_history(const struct pair *pair);

/* Where the device's own configuration begins. */
unsigned int pair_config(const struct pair *pair);

/* In pages: where queues may be. A reference takes what it is told for a place in memory. */
struct queue_window {
	uint32_t first, count;
};

extern const struct queue_window queue_windows[QUEUE_WINDOWS];

/* pair-request.c: a request in a queue of its own. */
bool pair_can_request(const struct pair *pair);
uint32_t pair_request_queue(const struct pair *pair);
/* Some devices answer before DRIVER_OK. */
bool pair_request_can_be_early(const struct pair *pair);
uint32_t pair_request_page(void);
/*
 * Posts it, notifies with an access of kick_width bytes, and waits for both completions. The
 * queue, at that page, has so many entries.
 */
bool pair_request(struct pair *pair, unsigned int size, unsigned int kick_width);
/* Behind a reset: the memory is as before. */
void pair_end_request(struct pair *pair);

/* pair-identity.c: what a legacy guest sees of the two in configuration space. */
bool pair_check_identity(struct pair *pair);

#endif
