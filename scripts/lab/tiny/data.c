// SPDX-License-Identifier: GPL-2.0-only
#include "data.h"

/* The polynomial of IEEE 802.3, bits reversed. */
#define CRC_POLYNOMIAL 0xedb88320u

void random_seed(struct random *random, u32 seed)
{
	/* A state of 0 would stay 0. */
	random->state = seed ? seed : 1;
}

/* Each step is Marsaglia's xorshift of 32 bits. Its state goes out in little-endian order. */
void random_fill(struct random *random, void *to, u32 size)
{
	u32 *word = to;
	u32 state = random->state;

	for (; size >= 4; size -= 4) {
		state ^= state << 13;
		state ^= state >> 17;
		state ^= state << 5;
		*word++ = state;
	}
	random->state = state;
}

u32 crc32(u32 crc, const void *data, u32 size)
{
	const u8 *byte = data;
	int bit;

	crc = ~crc;
	while (size--) {
		crc ^= *byte++;
		for (bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ CRC_POLYNOMIAL : crc >> 1;
	}
	return ~crc;
}
