// SPDX-License-Identifier: GPL-2.0-only
#include "trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool parse_value(const char *text, struct access *access)
{
	unsigned long long value;
	char *end;

	access->last = !strcmp(text, "LAST");
	if (access->last)
		return true;
	value = strtoull(text, &end, 0);
	access->value = (uint32_t)value;
	return end != text && !*end && value <= UINT32_MAX;
}

/* The whole text was read, and the access can be made. */
static bool good(const char *text, int length, const struct access *access)
{
	bool width = access->width == 1 || access->width == 2 || access->width == 4;

	return length && !text[length + (int)strspn(text + length, " \t\n")] &&
	       (access->kind == ACCESS_MSIX || (width && access->offset < 4096));
}

bool access_parse(const char *text, struct access *access)
{
	char value[32];
	int length = 0;

	memset(access, 0, sizeof(*access));
	access->kind = ACCESS_READ;
	if (sscanf(text, " R ( %u , %u )%n", &access->offset, &access->width, &length) == 2 && length)
		return good(text, length, access);
	access->kind = ACCESS_WRITE;
	if (sscanf(text, " W ( %u , %u , %31[0-9a-zA-Z] )%n", &access->offset, &access->width,
		   value, &length) == 3)
		return good(text, length, access) && parse_value(value, access);
	access->kind = ACCESS_MSIX;
	return sscanf(text, " MSIX ( %u )%n", &access->value, &length) == 1 &&
	       good(text, length, access);
}

static bool is_blank(const char *line)
{
	line += strspn(line, " \t\n");
	return !*line || !strncmp(line, "//", 2);
}

static bool add_lines(struct trace *trace, FILE *file, const char *path)
{
	char line[256];
	unsigned int number = 0;

	while (fgets(line, sizeof(line), file)) {
		number++;
		if (is_blank(line))
			continue;
		if (trace->count == TRACE_MAX) {
			fprintf(stderr, "%s:%u: more than %d accesses\n", path, number, TRACE_MAX);
			return false;
		}
		if (!access_parse(line, &trace->accesses[trace->count])) {
			fprintf(stderr, "%s:%u: no access: %s", path, number, line);
			return false;
		}
		trace->count++;
	}
	return true;
}

bool trace_add(struct trace *trace, const char *path)
{
	FILE *file = fopen(path, "r");
	bool added;

	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	added = add_lines(trace, file, path);
	fclose(file);
	return added;
}
