/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of vfio-storm; vfio-storm.c says what means what. */
#ifndef STORM_OPTIONS_H
#define STORM_OPTIONS_H

#include "trace.h"

enum mode { MODE_CHECK, MODE_ONCE, MODE_STORM, MODE_HAMMER, MODE_LATENCY, MODES };
extern const char *const mode_names[MODES];

/* A class of accesses whose latency is measured. */
struct class {
	const char *name;
	struct access access;
	const char *what;
};

#define CLASSES 5
extern const struct class classes[CLASSES];

struct options {
	enum mode mode;
	unsigned int rounds, seconds, samples, pause_us, vectors, limit;
	bool wait, intx;
	bool classes[CLASSES];
	struct access access;
	struct trace trace, undo;
	char **devices;
	unsigned int count;	/* of the devices */
};

/* false: it said on stderr why not. */
bool options_take(struct options *options, int argc, char **argv);

#endif
