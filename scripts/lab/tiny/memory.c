// SPDX-License-Identifier: GPL-2.0-only
#include "memory.h"

/* A queue of 1,024 entries takes 8 pages. */
#define POOL_PAGES 1024u

static u8 pool[POOL_PAGES * PAGE_SIZE] __aligned(4096);
static u32 pages_taken;

void *pages(u32 count)
{
	void *first = pool + pages_taken * PAGE_SIZE;

	if (count > POOL_PAGES - pages_taken)
		return NULL;
	pages_taken += count;
	return first;
}

void *memcpy(void *to, const void *from, size_t size)
{
	u8 *target = to;
	const u8 *source = from;

	while (size--)
		*target++ = *source++;
	return to;
}

void *memset(void *to, int value, size_t size)
{
	u8 *target = to;

	while (size--)
		*target++ = value;
	return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
	const u8 *a = left, *b = right;

	for (; size; size--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}
