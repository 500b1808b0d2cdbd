/* SPDX-License-Identifier: GPL-2.0-only */
/* Text: comparison, search, numbers. */
#ifndef TINY_TEXT_H
#define TINY_TEXT_H

#include "types.h"

u32 text_length(const char *text);
bool text_equal(const char *left, const char *right);

/* Returns the text behind @start, or NULL if @text does not begin with @start. */
const char *text_behind(const char *text, const char *start);

/* Returns the text behind the first @wanted in @text, or NULL if there is none. */
const char *text_find(const char *text, const char *wanted);

/* Reads a decimal number. Returns the text behind it, or NULL if there is none below 2^32. */
const char *text_number(const char *text, u32 *value);

/* Writes a decimal number. Returns the end of the text. */
char *text_put_number(char *to, u32 value);

/* Appends @text. Returns the end, where a NUL is. */
char *text_put(char *to, const char *text);

#endif
