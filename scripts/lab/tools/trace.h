/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recorded accesses to BAR0, the files of traces/. One a line:
 *   R(OFFSET, WIDTH)
 *   W(OFFSET, WIDTH, VALUE)	LAST is what the access before has read
 *   MSIX(VECTORS)		0 switches it off
 * Other lines are empty or begin with "//".
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_MAX 512

enum access_kind { ACCESS_READ, ACCESS_WRITE, ACCESS_MSIX };

struct access {
	enum access_kind kind;
	unsigned int offset, width;
	uint32_t value;		/* written, or how many vectors */
	bool last;
};

struct trace {
	struct access accesses[TRACE_MAX];
	size_t count;
};

/* One access; false: it is none. */
bool access_parse(const char *text, struct access *access);
/* Adds a file's; false: it said on stderr why not. */
bool trace_add(struct trace *trace, const char *path);

#endif
