// SPDX-License-Identifier: GPL-2.0-only
// Runs the suites on the host: tests [SUITE[.CASE]]..., tests --list
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "kernel/time.h"
#include "kunit/host/kernel.hh"
#include "kunit/suites.h"

struct kt_thread {
	pthread_t thread;
	void (*run)(void *);
	void *context;
	bool killed;
	bool preempted;
	bool ended; ///< under host::big
};

namespace {

std::mutex output;
unsigned failures; // of the running case, under output
constexpr unsigned max_shown = 10;
/// A case that takes longer hangs.
constexpr unsigned case_seconds = 100;
/// From a completion to its interrupt, at least: a driver that polls is faster.
constexpr u32 interrupt_us = 10;

bool note(bool good, const char *file, int line, const char *format, auto... arguments)
{
	if (good)
		return true;
	const std::lock_guard guard{output};
	if (failures++ < max_shown) {
		std::printf("# %s:%d: ", file, line);
		std::printf(format, arguments...);
		std::printf("\n");
	}
	return false;
}

void *run_thread(void *context)
{
	auto *const thread = static_cast<kt_thread *>(context);

	host::self.killed = &thread->killed;
	host::self.preempted = &thread->preempted;
	thread->run(thread->context);
	host::Big guard;
	thread->ended = true;
	host::wake(thread);
	host::thread_ends();
	return nullptr;
}

pthread_mutex_t device = PTHREAD_MUTEX_INITIALIZER;

bool wanted(const char *suite, const char *name, int count, char **names)
{
	const std::size_t length = std::strlen(suite);

	for (int i = 1; i < count; i++) {
		if (std::strncmp(names[i], suite, length) == 0 &&
		    (names[i][length] == 0 ||
		     (names[i][length] == '.' && std::strcmp(names[i] + length + 1, name) == 0)))
			return true;
	}
	return count < 2;
}

bool run_case(const kt_suite &suite, const kt_case &test)
{
	alarm(case_seconds);
	failures = 0;
	kt_case_begin();
	test.run();
	kt_case_end();
	alarm(0);
	if (failures)
		std::printf("not ok host.%s.%s # %u expectations failed\n", suite.name, test.name,
			    failures);
	else
		std::printf("ok host.%s.%s\n", suite.name, test.name);
	std::fflush(stdout);
	return failures == 0;
}

} // namespace

extern "C" {

bool kt_expect(bool condition, const char *text, const char *file, int line)
{
	return note(condition, file, line, "%s", text);
}

bool kt_expect_equal(u64 actual, u64 wanted, const char *text, const char *file, int line)
{
	return note(actual == wanted, file, line, "%s: %lld (%#llx) and not %lld (%#llx)", text,
		    static_cast<long long>(actual), static_cast<long long>(actual),
		    static_cast<long long>(wanted), static_cast<long long>(wanted));
}

bool kt_expect_bytes(const u8 *actual, kn_size actual_size, const u8 *wanted, kn_size wanted_size,
		     const char *text, const char *file, int line)
{
	if (actual_size != wanted_size)
		return note(false, file, line, "%s: %zu bytes and not %zu", text, actual_size,
			    wanted_size);
	for (kn_size i = 0; i < actual_size; i++)
		if (actual[i] != wanted[i])
			return note(false, file, line, "%s: byte %zu is %#x and not %#x", text, i,
				    actual[i], wanted[i]);
	return true;
}

void kt_note(const char *text)
{
	const std::lock_guard guard{output};

	std::printf("# %s\n", text);
}

kt_thread *kt_thread_start(void (*run)(void *), void *context)
{
	auto *const thread = new kt_thread{{}, run, context, false, false, false};

	{
		host::Big guard;
		host::thread_starts();
		if (pthread_create(&thread->thread, nullptr, run_thread, thread) == 0)
			return thread;
		host::thread_ends();
	}
	delete thread;
	note(false, __FILE__, __LINE__, "no thread");
	return nullptr;
}

void kt_thread_join(kt_thread *thread)
{
	if (!thread)
		return;
	{
		host::Big guard;
		while (!thread->ended)
			host::wait(thread);
	}
	pthread_join(thread->thread, nullptr);
	delete thread;
}

void kt_thread_kill(kt_thread *thread)
{
	host::kill(thread->killed);
}

void kt_thread_preempt(kt_thread *thread)
{
	host::preempt(thread->preempted);
}

void *kt_alloc(kn_size size)
{
	host::may_sleep("allocation where nothing may sleep");
	// Aligned as shared memory has to be.
	constexpr kn_size page = 4096;
	const kn_size rounded = size >= page ? (size + page - 1) & ~(page - 1) : size;
	void *const memory = size >= page ? std::aligned_alloc(page, rounded) : std::malloc(size);
	if (memory)
		std::memset(memory, 0, rounded);
	return memory;
}

void kt_free(void *memory)
{
	std::free(memory);
}

u64 kt_device_lock()
{
	pthread_mutex_lock(&device);
	return 0;
}

void kt_device_unlock(u64)
{
	pthread_mutex_unlock(&device);
}

void kt_interrupt(void (*handler)(void *, u32), void *context, u32 vector)
{
	kn_sleep_us(interrupt_us);
	host::self.in_interrupt = true;
	handler(context, vector);
	host::self.in_interrupt = false;
}

kn_size kt_task()
{
	return reinterpret_cast<kn_size>(&host::self);
}

u64 kt_settle_us()
{
	return 1000;
}

bool kt_holds_spinlock()
{
	return host::self.spinlocks != 0;
}

} // extern "C"

int main(int count, char **names)
{
	unsigned failed = 0, run = 0;

#define KT_POINTER(name) &kt_suite_##name,
	static const kt_suite *const suites[] = {KT_SUITES(KT_POINTER)};
	if (count == 2 && std::strcmp(names[1], "--list") == 0) {
		for (const kt_suite *suite : suites)
			std::puts(suite->name);
		return 0;
	}
	for (const kt_suite *suite : suites)
		for (kn_size i = 0; i < suite->count; i++) {
			if (!wanted(suite->name, suite->cases[i].name, count, names))
				continue;
			run++;
			failed += !run_case(*suite, suite->cases[i]);
		}
	if (run == 0)
		std::printf("not ok host.cases # no such case\n");
	return failed || run == 0;
}
