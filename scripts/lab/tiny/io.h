/* SPDX-License-Identifier: GPL-2.0-only */
/* Port access and memory barriers. */
#ifndef TINY_IO_H
#define TINY_IO_H

#include "types.h"

static inline u8 inb(u16 port)
{
	u8 value;

	asm volatile("inb %1, %0" : "=a" (value) : "Nd" (port) : "memory");
	return value;
}

static inline u16 inw(u16 port)
{
	u16 value;

	asm volatile("inw %1, %0" : "=a" (value) : "Nd" (port) : "memory");
	return value;
}

static inline u32 inl(u16 port)
{
	u32 value;

	asm volatile("inl %1, %0" : "=a" (value) : "Nd" (port) : "memory");
	return value;
}

static inline void outb(u8 value, u16 port)
{
	asm volatile("outb %0, %1" : : "a" (value), "Nd" (port) : "memory");
}

static inline void outw(u16 value, u16 port)
{
	asm volatile("outw %0, %1" : : "a" (value), "Nd" (port) : "memory");
}

static inline void outl(u32 value, u16 port)
{
	asm volatile("outl %0, %1" : : "a" (value), "Nd" (port) : "memory");
}

/* Tells the processor that this is a polling loop. */
static inline void relax(void)
{
	asm volatile("pause" : : : "memory");
}

/* Orders the compiler's accesses. x86 keeps loads in order, and stores in order. */
static inline void compiler_barrier(void)
{
	asm volatile("" : : : "memory");
}

/* Orders a store before a later load. A locked instruction needs no SSE2, unlike MFENCE. */
static inline void full_barrier(void)
{
	asm volatile("lock; addl $0, (%%esp)" : : : "memory", "cc");
}

#endif
