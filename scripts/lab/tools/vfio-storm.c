// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many legacy clients at once, through VFIO and without guests: plays recorded accesses to BAR0
 * on each device and measures. Prints one JSON object a line.
 *
 * vfio-storm [OPTION...] MODE DEVICE...
 *   check     only reads the traces; no devices
 *   once      plays the trace on one device after the other
 *   storm     plays it on all at once; opening is done before
 *   hammer    then repeats one access on all, for some seconds
 *   latency   then measures each class of access by itself, one device after the other
 *
 *   --trace FILE      what to play; several are played in order
 *   --undo FILE       what to play, not measured, after each round of once and storm, and at the
 *                     end of the others
 *   --rounds N        how often it is done (1)
 *   --seconds N       of hammer (10)
 *   --access ACCESS   of hammer ("R(18, 1)"); with "R(19, 1)" it polls the ISR status
 *   --samples N       of latency (1000)
 *   --classes LIST    of latency (read,write,cached,doorbell,reset)
 *   --pause-us N      of latency and hammer: between two accesses (0)
 *   --vectors N       so many MSI-X vectors at most
 *   --intx            INTx is on from the start, and again when MSI-X is switched off
 *   --wait            wait for a line on standard input before each round; its end ends all. The
 *                     first result says that hammer and latency have played the trace. With
 *                     "apart" as the line, a storm's devices wait for each other before and
 *                     after they switch MSI-X, and switching_ns is how long that took
 *   --limit N         ends after so many seconds, come what may (600)
 */
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "legacy-client.h"
#include "samples.h"
#include "storm-options.h"

#define STACK_SIZE (64 * 1024)
#define DESCRIPTORS (3 + VFIO_MAX_VECTORS)	/* of one device */

static struct options options;

struct worker {
	pthread_t thread;
	struct client client;
	bool open;
	uint64_t begin, end, accesses, msix_ns;	/* of the round */
	uint64_t slowest;			/* access of the round, in nanoseconds */
	uint64_t parted, joined;		/* before and after switching MSI-X apart */
};

static void *queue_memory;
static struct worker *workers;
static pthread_barrier_t barrier;
static pthread_barrier_t among_workers;
static bool stopped;		/* written between two barriers, */
static bool apart;		/* and this */

static bool failed(const struct worker *worker)
{
	return worker->client.error[0];
}

static bool any_failed(void)
{
	for (unsigned int i = 0; i < options.count; i++)
		if (failed(&workers[i]))
			return true;
	return false;
}

/* One switch of a trace. Who failed takes part: the others wait. */
static bool play_apart(struct worker *worker)
{
	const struct trace *trace = &options.trace;
	size_t at = 0;
	bool good;

	while (at < trace->count && trace->accesses[at].kind != ACCESS_MSIX)
		at++;
	good = client_play_part(&worker->client, trace, 0, at);
	worker->parted = now_ns(CLOCK_MONOTONIC);
	pthread_barrier_wait(&among_workers);
	good = good && (at == trace->count || client_perform(&worker->client, &trace->accesses[at]));
	pthread_barrier_wait(&among_workers);
	worker->joined = now_ns(CLOCK_MONOTONIC);
	return good && client_play_part(&worker->client, trace, at + 1, trace->count);
}

static bool play(struct worker *worker)
{
	uint64_t before = worker->client.accesses;
	uint64_t msix_before = worker->client.msix_ns;
	bool done;

	worker->begin = now_ns(CLOCK_MONOTONIC);
	done = apart ? play_apart(worker) : client_play(&worker->client, &options.trace);
	worker->end = now_ns(CLOCK_MONOTONIC);
	worker->accesses = worker->client.accesses - before;
	worker->msix_ns = worker->client.msix_ns - msix_before;
	return done;
}

static void hammer(struct worker *worker)
{
	uint64_t before = worker->client.accesses;
	uint64_t start, end;

	worker->msix_ns = worker->slowest = 0;
	worker->begin = start = now_ns(CLOCK_MONOTONIC);
	end = worker->begin + options.seconds * UINT64_C(1000000000);
	do {
		if (!client_perform(&worker->client, &options.access))
			break;
		worker->end = now_ns(CLOCK_MONOTONIC);
		if (worker->end - start > worker->slowest)
			worker->slowest = worker->end - start;
		start = worker->end;
		if (options.pause_us) {
			usleep(options.pause_us);
			start = now_ns(CLOCK_MONOTONIC);
		}
	} while (worker->end < end);
	worker->accesses = worker->client.accesses - before;
}

/* The main thread says with the barrier when a round begins, and learns when it is over. */
static void work(struct worker *worker)
{
	for (;;) {
		pthread_barrier_wait(&barrier);
		if (stopped)
			return;
		if (options.mode == MODE_STORM)
			play(worker);
		else if (options.mode == MODE_HAMMER)
			hammer(worker);
		pthread_barrier_wait(&barrier);
	}
}

static void *run_worker(void *argument)
{
	struct worker *worker = argument;

	worker->client.vector_limit = options.vectors;
	worker->client.intx = options.intx;
	worker->open = client_open(&worker->client, worker->client.bdf, &options.trace, queue_memory);
	pthread_barrier_wait(&barrier);
	work(worker);
	if (worker->open)
		client_close(&worker->client);
	return NULL;
}

static void begin_line(const char *mode)
{
	printf("{\"mode\": \"%s\"", mode);
}

static void end_line(void)
{
	puts("}");
	fflush(stdout);
}

static void print_ns(const char *name, uint64_t ns)
{
	printf(", \"%s_ns\": %" PRIu64, name, ns);
}

static void print_round(unsigned int round, uint64_t cpu_ns)
{
	uint64_t begin = UINT64_MAX, end = 0, accesses = 0, shortest = UINT64_MAX, longest = 0;
	uint64_t fewest = UINT64_MAX, most = 0, msix = 0, parted = 0, joined = UINT64_MAX, slowest = 0;

	for (unsigned int i = 0; i < options.count; i++) {
		const struct worker *worker = &workers[i];
		uint64_t time = worker->end - worker->begin;

		begin = worker->begin < begin ? worker->begin : begin;
		end = worker->end > end ? worker->end : end;
		shortest = time < shortest ? time : shortest;
		longest = time > longest ? time : longest;
		fewest = worker->accesses < fewest ? worker->accesses : fewest;
		most = worker->accesses > most ? worker->accesses : most;
		accesses += worker->accesses;
		msix += worker->msix_ns;
		slowest = worker->slowest > slowest ? worker->slowest : slowest;
		parted = worker->parted > parted ? worker->parted : parted;
		joined = worker->joined < joined ? worker->joined : joined;
	}
	begin_line(mode_names[options.mode]);
	printf(", \"round\": %u, \"devices\": %u, \"accesses\": %" PRIu64, round, options.count,
	       accesses);
	printf(", \"fewest\": %" PRIu64 ", \"most\": %" PRIu64, fewest, most);
	print_ns("first_to_last", end - begin);
	print_ns("shortest", shortest);
	print_ns("longest", longest);
	print_ns("msix", msix);
	print_ns("slowest", slowest);
	print_ns("switching", apart ? joined - parted : 0);
	print_ns("cpu", cpu_ns);
	end_line();
}

static void play_on_each(bool (*what)(struct worker *worker))
{
	for (unsigned int i = 0; i < options.count && !any_failed(); i++)
		what(&workers[i]);
}

static bool play_undo(struct worker *worker)
{
	return client_play(&worker->client, &options.undo);
}

static void run_round(unsigned int round)
{
	uint64_t cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);

	if (options.mode == MODE_ONCE) {
		play_on_each(play);
	} else {
		pthread_barrier_wait(&barrier);
		pthread_barrier_wait(&barrier);
	}
	cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	if (!any_failed())
		print_round(round, cpu);
}

static void measure(struct worker *worker, const struct class *class, struct samples *samples)
{
	samples->count = 0;
	for (unsigned int i = 0; i < options.samples; i++) {
		uint64_t start;

		if (options.pause_us)
			usleep(options.pause_us);
		start = now_ns(CLOCK_MONOTONIC);
		if (!client_perform(&worker->client, &class->access))
			return;
		samples_add(samples, now_ns(CLOCK_MONOTONIC) - start);
	}
	begin_line("latency");
	printf(", \"device\": \"%s\", \"class\": \"%s\", \"access\": \"%s\", ", worker->client.bdf,
	       class->name, class->what);
	samples_print(samples);
	end_line();
}

static bool measure_all(struct worker *worker)
{
	struct samples samples;

	if (!samples_init(&samples, options.samples)) {
		snprintf(worker->client.error, sizeof(worker->client.error), "no memory");
		return false;
	}
	for (unsigned int i = 0; i < CLASSES; i++)
		if (options.classes[i] && !failed(worker))
			measure(worker, &classes[i], &samples);
	samples_free(&samples);
	return !failed(worker);
}

static bool told_to_go_on(void)
{
	char line[16];

	if (!options.wait)
		return true;
	if (!fgets(line, sizeof(line), stdin))
		return false;
	apart = options.mode == MODE_STORM && !strcmp(line, "apart\n");
	return true;
}

/* The trace is what they measure, or what comes before it. */
static bool plays_in_rounds(void)
{
	return options.mode == MODE_ONCE || options.mode == MODE_STORM;
}

static void run_mode(void)
{
	for (unsigned int round = 1; round <= options.rounds && !any_failed(); round++) {
		if (!told_to_go_on())
			break;
		if (options.mode == MODE_LATENCY)
			play_on_each(measure_all);
		else
			run_round(round);
		if (plays_in_rounds() && !any_failed())
			play_on_each(play_undo);
	}
	if (!plays_in_rounds() && !any_failed())
		play_on_each(play_undo);
}

static void print_error(char *text)
{
	/* Whatever names the devices were given: it is JSON. */
	for (char *at = text; *at; at++)
		if (*at == '"' || *at == '\\' || (unsigned char)*at < ' ')
			*at = '?';
	printf("{\"error\": \"%s\"}\n", text);
}

static void print_errors(void)
{
	for (unsigned int i = 0; i < options.count; i++)
		if (failed(&workers[i]))
			print_error(workers[i].client.error);
	fflush(stdout);
}

static bool start_workers(void)
{
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	for (unsigned int i = 0; i < options.count; i++) {
		int error = pthread_create(&workers[i].thread, &attributes, run_worker, &workers[i]);

		/* The others wait at the barrier for ever: the process ends with us. */
		if (error) {
			printf("{\"error\": \"thread %u: %s\"}\n", i, strerror(error));
			return false;
		}
	}
	pthread_attr_destroy(&attributes);
	return true;
}

/* The line says that the devices are ready for the first round. */
static void print_open(uint64_t open_ns)
{
	begin_line("open");
	printf(", \"devices\": %u", options.count);
	print_ns("open", open_ns);
	end_line();
}

static int run(void)
{
	uint64_t start = now_ns(CLOCK_MONOTONIC);
	uint64_t open_ns;

	pthread_barrier_init(&barrier, NULL, options.count + 1);
	pthread_barrier_init(&among_workers, NULL, options.count);
	if (!start_workers())
		return 1;
	pthread_barrier_wait(&barrier);
	open_ns = now_ns(CLOCK_MONOTONIC) - start;
	if (!plays_in_rounds())
		play_on_each(play);
	if (!any_failed()) {
		print_open(open_ns);
		run_mode();
	}
	stopped = true;
	pthread_barrier_wait(&barrier);
	for (unsigned int i = 0; i < options.count; i++)
		pthread_join(workers[i].thread, NULL);
	pthread_barrier_destroy(&among_workers);
	pthread_barrier_destroy(&barrier);
	print_errors();
	return any_failed();
}

static bool get_memory(void)
{
	uint64_t iova;
	size_t length = client_queue_memory(&options.trace, &iova);

	if (!length)
		return true;
	queue_memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (queue_memory != MAP_FAILED)
		return true;
	perror("memory of the queues");
	return false;
}

static bool raise_limits(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur >= DESCRIPTORS * options.count + 64)
		return true;
	limit.rlim_cur = DESCRIPTORS * options.count + 64;
	limit.rlim_max = limit.rlim_max > limit.rlim_cur ? limit.rlim_max : limit.rlim_cur;
	if (!setrlimit(RLIMIT_NOFILE, &limit))
		return true;
	perror("open files");
	return false;
}

static void too_long(int signal)
{
	static const char text[] = "{\"error\": \"it took too long\"}\n";

	(void)signal;
	if (write(STDOUT_FILENO, text, sizeof(text) - 1) < 0)
		_exit(2);
	_exit(1);
}

int main(int argc, char **argv)
{
	int status;

	if (!options_take(&options, argc, argv))
		return 2;
	if (options.mode == MODE_CHECK) {
		begin_line("check");
		printf(", \"accesses\": %zu", options.trace.count);
		end_line();
		return 0;
	}
	workers = calloc(options.count, sizeof(*workers));
	if (!workers || !get_memory() || !raise_limits())
		return 1;
	for (unsigned int i = 0; i < options.count; i++)
		workers[i].client.bdf = options.devices[i];
	signal(SIGALRM, too_long);
	alarm(options.limit);
	status = run();
	free(workers);
	return status;
}
