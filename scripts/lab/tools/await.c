// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waits until a line is in a file that another process appends to, or until that can no longer happen. A shell that
 * polls with grep starts some hundred processes for one answer of a guest.
 *
 * await SECONDS [--process PID] [--until FILE TEXT COUNT]... [--unless FILE TEXT COUNT]... [--counter FILE TEXT]
 *       [--reply FILE NUMBER STATUS-FILE]
 *
 * TEXT is part of a line, or its start if it begins with ^. A line counts when its newline is there. A reply is lines
 * "O NUMBER text", then "X NUMBER status". When it is complete, the texts are printed, and the status goes to STATUS-FILE.
 * Exit status: 0 a file of --until has COUNT such lines, or the reply is complete; 1 SECONDS have gone by since the
 * start, or since the number of lines of --counter last grew; 2 the process has ended; 3 a file of --unless has COUNT
 * such lines; 4 wrong usage.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_WATCHES = 8, LINE_SIZE = 4096, POLL_NS = 20 * 1000 * 1000 };

enum kind { UNTIL, UNLESS, COUNTER, REPLY };

struct watch {
	enum kind kind;
	const char *path, *text, *status_path;
	long wanted, seen;
	int fd;
	char line[LINE_SIZE];	/* start of the line that has no end yet */
	size_t length;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static bool matches(const char *line, const char *text)
{
	return *text == '^' ? !strncmp(line, text + 1, strlen(text + 1)) : strstr(line, text) != NULL;
}

/* Text behind "O NUMBER " or "X NUMBER "; NULL if the line is another one. */
static const char *of_reply(const char *line, char letter, const char *number)
{
	size_t length = strlen(number);

	if (line[0] != letter || line[1] != ' ' || strncmp(line + 2, number, length) || line[2 + length] != ' ')
		return NULL;
	return line + 3 + length;
}

/* Only a complete reply is printed: a caller may wait in several parts. */
static void print_texts(const struct watch *watch)
{
	FILE *file = fopen(watch->path, "r");
	char *line = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0) {
		const char *text = of_reply(line, 'O', watch->text);

		if (text)
			fputs(text, stdout);
	}
	free(line);
	if (file)
		fclose(file);
}

static void take_reply(struct watch *watch)
{
	const char *status = of_reply(watch->line, 'X', watch->text);
	FILE *file;

	if (!status)
		return;
	print_texts(watch);
	file = fopen(watch->status_path, "w");
	if (file) {
		fprintf(file, "%s\n", status);
		watch->seen = !fclose(file);
	}
}

static void take(struct watch *watch, const char *data, size_t length)
{
	for (; length; data++, length--) {
		if (*data != '\n') {
			if (watch->length < LINE_SIZE - 1)
				watch->line[watch->length++] = *data;
			continue;
		}
		watch->line[watch->length] = '\0';
		if (watch->kind == REPLY)
			take_reply(watch);
		else
			watch->seen += matches(watch->line, watch->text);
		watch->length = 0;
	}
}

/* Reads what is new; a file that is not there yet is empty. */
static void look(struct watch *watch)
{
	char data[4096];
	ssize_t length;

	if (watch->fd < 0)
		watch->fd = open(watch->path, O_RDONLY | O_CLOEXEC);
	while (watch->fd >= 0 && (length = read(watch->fd, data, sizeof(data))) > 0)
		take(watch, data, length);
}

#define STATE_TO_THREADS 17	/* fields of /proc/PID/stat between the state and the number of threads */

/*
 * A process that has ended, and one that waits for its parent to notice. Its first thread may end
 * before others, which hold its files until then.
 */
static bool has_ended(long process)
{
	char path[64], text[1024] = "";
	const char *state, *threads;
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/stat", process);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return true;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return true;
	state = strrchr(text, ')');
	if (!state || strncmp(state, ") Z", 3))
		return !state;
	threads = state + 2;
	for (unsigned int i = 0; threads && i < STATE_TO_THREADS; i++) {
		threads = strchr(threads, ' ');
		threads = threads ? threads + 1 : NULL;
	}
	return !threads || atol(threads) <= 1;
}

static bool holds(struct watch *watches, int count, enum kind kind)
{
	for (int i = 0; i < count; i++) {
		if (watches[i].kind == kind && watches[i].seen >= watches[i].wanted)
			return true;
	}
	return false;
}

static int wait_for(struct watch *watches, int count, long process, double seconds)
{
	const struct timespec pause = { .tv_nsec = POLL_NS };
	double start = now();
	long counted = 0;

	for (;; nanosleep(&pause, NULL)) {
		/* Before the files, so that the last lines of an ended process count. */
		bool ended = process && has_ended(process);
		long lines = 0;

		for (int i = 0; i < count; i++) {
			look(&watches[i]);
			lines += watches[i].kind == COUNTER ? watches[i].seen : 0;
		}
		if (holds(watches, count, UNTIL) || holds(watches, count, REPLY))
			return 0;
		if (holds(watches, count, UNLESS))
			return 3;
		if (ended)
			return 2;
		if (lines > counted) {
			counted = lines;
			start = now();
		}
		if (now() - start > seconds)
			return 1;
	}
}

static const struct option {
	const char *name;
	enum kind kind;
	int words;
} options[] = {
	{ "--until", UNTIL, 3 }, { "--unless", UNLESS, 3 }, { "--counter", COUNTER, 2 }, { "--reply", REPLY, 3 },
};

/* One option of those that watch a file: how many words it takes, 0 if it is none of them or lacks some. */
static int parse(char **words, int left, struct watch *watch)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const struct option *option = &options[i];

		if (strcmp(words[0], option->name))
			continue;
		if (left <= option->words)
			return 0;
		*watch = (struct watch){ .kind = option->kind, .path = words[1], .text = words[2], .fd = -1, .wanted = 1 };
		if (option->kind == REPLY) {
			watch->status_path = words[3];
		} else if (option->kind != COUNTER) {
			watch->wanted = atol(words[3]);
		}
		return option->words + 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct watch watches[MAX_WATCHES];
	long process = 0;
	int count = 0, taken = 1;

	for (int at = 2; at < argc; at += taken) {
		if (!strcmp(argv[at], "--process") && at + 1 < argc) {
			process = atol(argv[at + 1]);
			taken = 2;
			continue;
		}
		taken = count < MAX_WATCHES ? parse(argv + at, argc - at, &watches[count++]) : 0;
		if (!taken)
			break;
	}
	if (argc < 2 || atof(argv[1]) <= 0 || !taken) {
		fputs("await: wrong usage; await.c says which is right\n", stderr);
		return 4;
	}
	return wait_for(watches, count, process, atof(argv[1]));
}
