/* SPDX-License-Identifier: GPL-2.0-only */
/* A device's work and its figures. */
#ifndef TINY_RUN_H
#define TINY_RUN_H

#include "legacy.h"
#include "options.h"

#define DIGEST_LENGTH 64

struct run {
	struct legacy device;
	u32 count, seed;
	const char *upload;
	u32 requests, bytes, crc;
	u32 sent, received;			/* frames, of a network device */
	char digest[DIGEST_LENGTH + 1];		/* SHA-256 that a console's other end computed */
};

/* Each drives a device until its work is done. Returns false with the device's error set. */
bool block_run(struct run *run);
bool console_run(struct run *run);
bool entropy_run(struct run *run);
bool net_run(struct run *run);

#endif
