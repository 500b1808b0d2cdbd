// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"
#include "text.h"

/* Bytes of all requests together stay below 2^32. */
#define MAX_COUNT 100000
#define MAX_SECONDS 3600
/* The request line of an upload must fit into a page. */
#define MAX_NAME 200

static char words[512];

/* Reads the number behind @start. Returns false if @word is another option. */
static bool number(const char *word, const char *start, u32 min, u32 max, u32 *to)
{
	u32 value;

	word = text_behind(word, start);
	if (!word)
		return false;
	word = text_number(word, &value);
	if (!word || *word || value < min || value > max)
		return false;
	*to = value;
	return true;
}

/* Reads the text behind @start. Returns false if @word is another option. */
static bool name(const char *word, const char *start, const char **to)
{
	word = text_behind(word, start);
	if (!word || !*word || text_length(word) > MAX_NAME)
		return false;
	*to = word;
	return true;
}

static bool parse_word(struct options *options, const char *word)
{
	if (text_equal(word, "wide"))
		options->width = WIDTH_WIDE;
	else if (text_equal(word, "wide-aligned"))
		options->width = WIDTH_WIDE_ALIGNED;
	else if (text_equal(word, "master"))
		options->master = true;
	else if (text_equal(word, "interrupts"))
		options->interrupts = true;
	else if (text_equal(word, "suppress"))
		options->suppress = true;
	else
		return number(word, "count=", 1, MAX_COUNT, &options->count) ||
		       number(word, "seed=", 0, 0xffffffffu, &options->seed) ||
		       number(word, "seconds=", 1, MAX_SECONDS, &options->seconds) ||
		       number(word, "never-read-isr=", 1, MAX_SECONDS, &options->unread) ||
		       number(word, "toggle=", 1, MAX_SECONDS, &options->toggle) ||
		       name(word, "upload=", &options->upload) ||
		       name(word, "types=", &options->types);
	return true;
}

void options_parse(struct options *options, const char *command_line)
{
	bool first = true;
	char *word = words, *end;

	options->width = WIDTH_NATURAL;
	options->master = false;
	options->interrupts = false;
	options->suppress = false;
	options->unread = 0;
	options->toggle = 0;
	options->count = 16;
	options->seed = 1;
	options->seconds = 10;
	options->upload = "tiny";
	options->types = NULL;
	options->wrong = NULL;
	if (text_length(command_line) >= sizeof(words)) {
		options->wrong = "(too long)";
		return;
	}
	text_put(words, command_line);
	while (*word) {
		for (end = word; *end && *end != ' '; end++)
			;
		if (*end)
			*end++ = '\0';
		if (*word && !first && !parse_word(options, word) && !options->wrong)
			options->wrong = word;
		if (*word)
			first = false;
		word = end;
	}
}

bool options_has_type(const struct options *options, const char *name)
{
	const char *list = options->types, *rest;

	if (!list)
		return true;
	while (*list) {
		rest = text_behind(list, name);
		if (rest && (!*rest || *rest == ','))
			return true;
		while (*list && *list++ != ',')
			;
	}
	return false;
}
