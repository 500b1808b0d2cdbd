/* SPDX-License-Identifier: GPL-2.0-only */
/* What a VMM and its guest do to one VF with a legacy BAR0. */
#ifndef LEGACY_CLIENT_H
#define LEGACY_CLIENT_H

#include <stdbool.h>
#include <time.h>

#include "trace.h"
#include "vfio-device.h"

struct client {
	const char *bdf;
	struct vfio_device device;
	uint64_t bar0, config;		/* offsets in the device's file */
	uint32_t last;			/* read */
	unsigned int status;		/* written */
	unsigned int vector_limit;	/* fewer than the trace wants, where they are scarce */
	bool intx;			/* wanted: on while MSI-X is off, as VMMs have it */
	bool line_on;
	int line;			/* eventfd of INTx */
	uint64_t accesses;		/* to BAR0, so far */
	uint64_t msix_ns;		/* spent on switching MSI-X, so far */
	char error[200];		/* empty: none yet */
};

/* Each returns whether it worked; if not, the error says why. */

/* I/O decoding and bus mastering are on then, and the queues of the trace have memory. */
bool client_open(struct client *client, const char *bdf, const struct trace *trace,
		 void *queue_memory);
void client_close(struct client *client);
/* Any value will do. */
bool client_access(struct client *client, const struct access *access);
/* The status has to read as it was written. */
bool client_perform(struct client *client, const struct access *access);
bool client_play(struct client *client, const struct trace *trace);
/* The accesses from first to before end. */
bool client_play_part(struct client *client, const struct trace *trace, size_t first, size_t end);

/* How many the device has. */
bool client_count_vectors(struct client *client, unsigned int *count);

uint64_t now_ns(clockid_t clock);

/* How much queue_memory a trace needs, and from which address of the device on; 0: none. */
size_t client_queue_memory(const struct trace *trace, uint64_t *iova);

#endif
