// SPDX-License-Identifier: GPL-2.0-only
#include "samples.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

bool samples_init(struct samples *samples, size_t room)
{
	samples->ns = calloc(room, sizeof(*samples->ns));
	samples->count = 0;
	samples->room = room;
	return samples->ns;
}

void samples_free(struct samples *samples)
{
	free(samples->ns);
	samples->ns = NULL;
}

void samples_add(struct samples *samples, uint64_t ns)
{
	if (samples->count < samples->room)
		samples->ns[samples->count++] = ns;
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* The least value that so many in a thousand do not exceed. */
static uint64_t percentile(const struct samples *samples, size_t thousandths)
{
	size_t rank = (samples->count * thousandths + 999) / 1000;

	return samples->ns[rank ? rank - 1 : 0];
}

/* The two bits below the highest one tell a bucket from the next. */
static uint64_t bucket(uint64_t ns)
{
	unsigned int shift;

	if (ns < 4)
		return ns;
	shift = 61 - (unsigned int)__builtin_clzll(ns);
	return ns >> shift << shift;
}

static void print_histogram(const struct samples *samples)
{
	size_t first = 0;

	printf("\"histogram\": [");
	for (size_t i = 1; i <= samples->count; i++) {
		if (i < samples->count && bucket(samples->ns[i]) == bucket(samples->ns[first]))
			continue;
		printf("%s[%" PRIu64 ", %zu]", first ? ", " : "", bucket(samples->ns[first]), i - first);
		first = i;
	}
	printf("]");
}

void samples_print(struct samples *samples)
{
	uint64_t sum = 0;

	printf("\"count\": %zu", samples->count);
	if (!samples->count)
		return;
	qsort(samples->ns, samples->count, sizeof(*samples->ns), compare);
	for (size_t i = 0; i < samples->count; i++)
		sum += samples->ns[i];
	printf(", \"mean_ns\": %" PRIu64 ", \"min_ns\": %" PRIu64 ", \"max_ns\": %" PRIu64,
	       sum / samples->count, samples->ns[0], samples->ns[samples->count - 1]);
	printf(", \"p50_ns\": %" PRIu64 ", \"p90_ns\": %" PRIu64 ", \"p99_ns\": %" PRIu64 ", ",
	       percentile(samples, 500), percentile(samples, 900), percentile(samples, 990));
	print_histogram(samples);
}
