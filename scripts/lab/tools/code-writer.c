// SPDX-License-Identifier: GPL-2.0-only
/*
 * code-writer SECONDS: one processor writes code that another executes all the time.
 *
 * The second must execute what was written, at the latest in the second call that begins after
 * it. Says how often, and fails if it once does not: a translating emulator may keep what it
 * made of the old code.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

/* mov $number, %eax; ret, with the number on a boundary of four bytes. */
static const uint8_t code[] = {0x90, 0x90, 0x90, 0xb8, 0, 0, 0, 0, 0xc3};
#define NUMBER_AT 4

static uint8_t *page;
static _Atomic uint32_t last;	/* what the latest call returned */
static _Atomic uint64_t calls;	/* that are over */
static _Atomic int end;

static void stay_on(int processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(2, "processor %d", processor);
}

static void *execute(void *unused)
{
	uint32_t (*function)(void);

	(void)unused;
	stay_on(0);
	memcpy(&function, &page, sizeof(function));
	while (!atomic_load(&end)) {
		atomic_store(&last, function());
		atomic_fetch_add(&calls, 1);
	}
	return NULL;
}

/* Writes the code anew for so long; whether what is executed is always what was written. */
static int write_for(time_t seconds)
{
	const time_t until = time(NULL) + seconds;
	uint32_t number = 0, stale = 0;

	while (time(NULL) <= until) {
		*(volatile uint32_t *)(page + NUMBER_AT) = ++number; // as the kernel writes code
		atomic_thread_fence(memory_order_seq_cst);
		const uint64_t before = atomic_load(&calls);
		while (atomic_load(&calls) < before + 2)
			;
		stale += atomic_load(&last) != number;
	}
	printf("%u of %u were stale\n", stale, number);
	return stale == 0;
}

int main(int argc, char **argv)
{
	const time_t seconds = argc == 2 ? strtol(argv[1], NULL, 0) : 0;
	pthread_t thread;

	if (seconds <= 0) {
		fprintf(stderr, "usage: code-writer SECONDS\n");
		return 2;
	}
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		err(2, "mmap");
	memcpy(page, code, sizeof(code));
	stay_on(1);
	errno = pthread_create(&thread, NULL, execute, NULL);
	if (errno)
		err(2, "pthread_create");

	const int good = write_for(seconds);

	atomic_store(&end, 1);
	pthread_join(thread, NULL);
	return !good;
}
