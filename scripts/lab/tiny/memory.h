/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory for devices, and the functions that the compiler calls by itself. */
#ifndef TINY_MEMORY_H
#define TINY_MEMORY_H

#include "types.h"

#define PAGE_SIZE 4096u

/*
 * Returns zeroed pages, or NULL if too few are left. Pages are never freed, because the devices
 * keep them until the machine ends. Paging is off, so a pointer is the address a device uses.
 */
void *pages(u32 count);

/* The address of memory as a device uses it. */
static inline u32 address_of(const void *memory)
{
	return (u32)memory;
}

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *left, const void *right, size_t size);

#endif
