/* SPDX-License-Identifier: GPL-2.0-only */
/* Integer types by size. The kernel's names, because its style is used here. */
#ifndef TINY_TYPES_H
#define TINY_TYPES_H

#include <stdbool.h>
#include <stddef.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define __packed __attribute__((__packed__))
#define __aligned(size) __attribute__((__aligned__(size)))
#define BIT(number) (1u << (number))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
