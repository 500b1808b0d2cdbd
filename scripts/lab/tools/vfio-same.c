// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VF beside a transitional device of the same type that is known to be right: makes the same
 * accesses to BAR0 of both, through VFIO, and compares all that is read: recorded guests, each
 * register in each width, random guests. Ends at the first difference with the accesses before
 * it, in the form of a trace.
 *
 * vfio-same [OPTION...] VF REFERENCE
 *   --trace FILE   recorded accesses to begin with; several, one after the other
 *   --widths       then each register in each width
 *   --seed N       of the random guests that follow (1)
 *   --lives N      how many (40)
 *   --memory FILE  has the reference's memory; then there are requests, too
 *   --without-intx the VF has no interrupt pin
 *   --limit N      ends after so many seconds, come what may (60)
 *
 * Queues are put to the pages of queue_windows. The reference's must be nobody's memory: what a
 * transitional device of QEMU is told is a place in memory, whatever the IOMMU has there.
 */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pair.h"
#include "random-life.h"
#include "register-widths.h"

#define TRACES 16

static struct {
	struct trace traces[TRACES];
	const char *names[TRACES];
	unsigned int traces_count;
	unsigned int seed, lives, limit;
	bool widths;
	const char *memory;
} options = {.seed = 1, .lives = 40, .limit = 60};

static struct pair pair;

static bool number(const char *text, unsigned int *value)
{
	char *end;
	unsigned long result = strtoul(text, &end, 10);

	*value = (unsigned int)result;
	if (end != text && !*end && text[0] != '-' && result < 1000000000)
		return true;
	fprintf(stderr, "%s: no number\n", text);
	return false;
}

static bool take_trace(const char *path)
{
	unsigned int index = options.traces_count;

	if (index == TRACES) {
		fprintf(stderr, "%s: more than %u traces\n", path, TRACES);
		return false;
	}
	options.traces_count++;
	options.names[index] = path;
	return trace_add(&options.traces[index], path);
}

static bool take(int option, const char *value)
{
	switch (option) {
	case 't':
		return take_trace(value);
	case 'w':
		options.widths = true;
		return true;
	case 's':
		return number(value, &options.seed);
	case 'n':
		return number(value, &options.lives);
	case 'i':
		pair.without_intx = true;
		return true;
	case 'm':
		options.memory = value;
		return true;
	case 'l':
		return number(value, &options.limit);
	default:
		return false;
	}
}

static bool take_options(int argc, char **argv)
{
	static const struct option names[] = {
		{"trace", 1, NULL, 't'}, {"widths", 0, NULL, 'w'}, {"seed", 1, NULL, 's'}, {"lives", 1, NULL, 'n'},
		{"memory", 1, NULL, 'm'}, {"limit", 1, NULL, 'l'},
		{"without-intx", 0, NULL, 'i'}, {NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
		if (!take(option, optarg))
			return false;
	if (argc - optind == 2)
		return true;
	fputs("a VF and a reference have to be given\n", stderr);
	return false;
}

static void different(const char *where, uint64_t before)
{
	printf("%s, seed %u, %s, access %" PRIu64 ": %s\n", pair.type, options.seed, where,
	       pair.accesses - before, pair.failure);
	pair_print_history(&pair);
}

static bool play_traces(void)
{
	for (unsigned int i = 0; i < options.traces_count; i++) {
		uint64_t before = pair.accesses;

		if (!pair_play(&pair, &options.traces[i])) {
			different(options.names[i], before);
			return false;
		}
	}
	return true;
}

static bool access_in_widths(void)
{
	uint64_t before = pair.accesses;

	if (!options.widths || register_widths(&pair))
		return true;
	different("registers in each width", before);
	return false;
}

static bool live(void)
{
	for (unsigned int life = 1; life <= options.lives; life++) {
		uint64_t before = pair.accesses;
		char where[32];

		if (!random_life(&pair, (uint64_t)options.seed << 32 | life)) {
			snprintf(where, sizeof(where), "life %u", life);
			different(where, before);
			return false;
		}
	}
	return true;
}

static void print_result(void)
{
	printf("type=%s seed=%u lives=%u accesses=%" PRIu64 " forwarded=%" PRIu64, pair.type,
	       options.seed, options.lives, pair.accesses, pair.forwarded);
	printf(" compared=%" PRIu64 " skipped=%" PRIu64, pair.compared, pair.skipped);
	printf(" requests=%" PRIu64 " interrupts=%" PRIu64 "\n", pair.requests, pair.interrupts);
}

static void too_long(int signal)
{
	static const char text[] = "it took too long\n";

	(void)signal;
	_exit(write(STDOUT_FILENO, text, sizeof(text) - 1) < 0 ? 2 : 1);
}

int main(int argc, char **argv)
{
	bool done;

	if (!take_options(argc, argv))
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGALRM, too_long);
	alarm(options.limit);
	if (!pair_open(&pair, argv[optind], argv[optind + 1], options.memory)) {
		printf("%s\n", pair.failure);
		return 1;
	}
	done = play_traces() && access_in_widths() && live();
	pair_close(&pair);
	if (done)
		print_result();
	return !done;
}
