/* SPDX-License-Identifier: GPL-2.0-only */
/* Text on COM1. */
#ifndef TINY_SERIAL_H
#define TINY_SERIAL_H

#include "types.h"

void serial_init(void);

/* True once a byte of input is there. */
bool serial_input(void);

void print(const char *text);
void print_decimal(u32 value);

/* Prints 8 digits. */
void print_hex(u32 value);

/* Prints " name=value". */
void print_field(const char *name, u32 value);

#endif
