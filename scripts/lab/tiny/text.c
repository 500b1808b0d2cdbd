// SPDX-License-Identifier: GPL-2.0-only
#include "text.h"

u32 text_length(const char *text)
{
	u32 length = 0;

	while (text[length])
		length++;
	return length;
}

bool text_equal(const char *left, const char *right)
{
	const char *rest = text_behind(left, right);

	return rest && !*rest;
}

const char *text_behind(const char *text, const char *start)
{
	for (; *start; text++, start++)
		if (*text != *start)
			return NULL;
	return text;
}

const char *text_find(const char *text, const char *wanted)
{
	const char *rest;

	for (; *text; text++) {
		rest = text_behind(text, wanted);
		if (rest)
			return rest;
	}
	return NULL;
}

const char *text_number(const char *text, u32 *value)
{
	const char *start = text;
	u32 sum = 0, digit;

	for (; *text >= '0' && *text <= '9'; text++) {
		digit = *text - '0';
		if (sum > (0xffffffffu - digit) / 10)
			return NULL;
		sum = sum * 10 + digit;
	}
	*value = sum;
	return text == start ? NULL : text;
}

char *text_put_number(char *to, u32 value)
{
	if (value >= 10)
		to = text_put_number(to, value / 10);
	*to++ = '0' + value % 10;
	*to = '\0';
	return to;
}

char *text_put(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
	*to = '\0';
	return to;
}
