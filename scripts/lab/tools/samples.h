/* SPDX-License-Identifier: GPL-2.0-only */
/* Times of many accesses, and what they are summed up in. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct samples {
	uint64_t *ns;
	size_t count, room;
};

/* false: no memory. */
bool samples_init(struct samples *samples, size_t room);
void samples_free(struct samples *samples);
/* What finds no room is left out. */
void samples_add(struct samples *samples, uint64_t ns);
/*
 * Members of a JSON object: count, mean, least, greatest and the percentiles, and the histogram
 * as pairs of a lower bound and a number, four to each doubling. Sorts them.
 */
void samples_print(struct samples *samples);

#endif
