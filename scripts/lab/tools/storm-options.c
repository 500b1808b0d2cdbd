// SPDX-License-Identifier: GPL-2.0-only
#include "storm-options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vfio-device.h"

#define MAX_SAMPLES 10000000

const char *const mode_names[MODES] = {"check", "once", "storm", "hammer", "latency"};

/* On a device after DRIVER_OK; the last one leaves it without. */
const struct class classes[CLASSES] = {
	{"read", {.kind = ACCESS_READ, .offset = 18, .width = 1}, "status"},
	{"write", {.kind = ACCESS_WRITE, .offset = 18, .width = 1, .value = 7}, "status"},
	{"cached", {.kind = ACCESS_READ, .offset = 0, .width = 4}, "device features"},
	{"doorbell", {.kind = ACCESS_WRITE, .offset = 16, .width = 2}, "queue notify"},
	{"reset", {.kind = ACCESS_WRITE, .offset = 18, .width = 1}, "status 0"},
};

static bool number(const char *text, unsigned int least, unsigned int most, unsigned int *value)
{
	char *end;
	unsigned long result = strtoul(text, &end, 10);

	*value = (unsigned int)result;
	if (end != text && !*end && text[0] != '-' && result >= least && result <= most)
		return true;
	fprintf(stderr, "%s: not a number from %u to %u\n", text, least, most);
	return false;
}

static bool take_class(struct options *options, const char *name, size_t length)
{
	for (unsigned int i = 0; i < CLASSES; i++) {
		if (strlen(classes[i].name) == length && !strncmp(name, classes[i].name, length)) {
			options->classes[i] = true;
			return true;
		}
	}
	fprintf(stderr, "%s: no such class\n", name);
	return false;
}

static bool take_classes(struct options *options, const char *list)
{
	memset(options->classes, 0, sizeof(options->classes));
	for (;;) {
		size_t length = strcspn(list, ",");

		if (!take_class(options, list, length))
			return false;
		if (!list[length])
			return true;
		list += length + 1;
	}
}

static bool take(struct options *options, int option, const char *value)
{
	switch (option) {
	case 't':
		return trace_add(&options->trace, value);
	case 'u':
		return trace_add(&options->undo, value);
	case 'r':
		return number(value, 1, 1000000, &options->rounds);
	case 's':
		return number(value, 1, 3600, &options->seconds);
	case 'a':
		if (access_parse(value, &options->access))
			return true;
		fprintf(stderr, "%s: no access\n", value);
		return false;
	case 'n':
		return number(value, 1, MAX_SAMPLES, &options->samples);
	case 'c':
		return take_classes(options, value);
	case 'p':
		return number(value, 0, 1000000, &options->pause_us);
	case 'v':
		return number(value, 1, VFIO_MAX_VECTORS, &options->vectors);
	case 'l':
		return number(value, 1, 86400, &options->limit);
	case 'w':
		options->wait = true;
		return true;
	case 'i':
		options->intx = true;
		return true;
	default:
		return false;
	}
}

static bool take_mode(struct options *options, const char *name)
{
	for (unsigned int i = 0; name && i < MODES; i++) {
		options->mode = i;
		if (!strcmp(name, mode_names[i]))
			return true;
	}
	fprintf(stderr, "no mode %s\n", name ? name : "is given");
	return false;
}

static bool take_all(struct options *options, int argc, char **argv)
{
	static const struct option names[] = {
		{"trace", 1, NULL, 't'}, {"undo", 1, NULL, 'u'}, {"rounds", 1, NULL, 'r'},
		{"seconds", 1, NULL, 's'}, {"access", 1, NULL, 'a'}, {"samples", 1, NULL, 'n'},
		{"classes", 1, NULL, 'c'}, {"pause-us", 1, NULL, 'p'}, {"vectors", 1, NULL, 'v'},
		{"wait", 0, NULL, 'w'}, {"limit", 1, NULL, 'l'}, {"intx", 0, NULL, 'i'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
		if (!take(options, option, optarg))
			return false;
	return take_mode(options, argv[optind]);
}

bool options_take(struct options *options, int argc, char **argv)
{
	options->rounds = 1;
	options->seconds = 10;
	options->samples = 1000;
	options->limit = 600;
	options->access = classes[0].access;
	memset(options->classes, true, sizeof(options->classes));
	if (!take_all(options, argc, argv))
		return false;
	options->devices = argv + optind + 1;
	options->count = (unsigned int)(argc - optind - 1);
	if (!options->count == (options->mode == MODE_CHECK))
		return true;
	fputs(options->count ? "check takes no devices\n" : "no device is given\n", stderr);
	return false;
}
