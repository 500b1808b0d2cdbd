/* SPDX-License-Identifier: GPL-2.0-only */
/* Pseudo random data, and checksums of data. */
#ifndef TINY_DATA_H
#define TINY_DATA_H

#include "types.h"

/* State of a generator. The same seed gives the same bytes. */
struct random {
	u32 state;
};

void random_seed(struct random *random, u32 seed);

/* Fills @size bytes, a multiple of 4. */
void random_fill(struct random *random, void *to, u32 size);

/* IEEE CRC-32. The first call takes 0, each later one the result of the call before. */
u32 crc32(u32 crc, const void *data, u32 size);

#endif
