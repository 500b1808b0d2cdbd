// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/host/clock.hh"

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace host {

pthread_mutex_t big = PTHREAD_MUTEX_INITIALIZER;

namespace {

struct Waiter {
	const void *event;
	u64 end_us;
	Waiter *next;
	bool woken = false;
	pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
};

/// About what an access of a driver takes under AddressSanitizer, in a few looks.
constexpr u64 look_us = 5;
/// Not 0, which may stand for "never".
std::atomic<u64> clock_us{1000000};

/// When the first wait ends.
std::atomic<u64> next_end_us{never_us};

// Under Big.
Waiter *first;
unsigned waiting;
unsigned threads = 1;

/// Wakes the waits that @wanted says yes to.
template <typename Wanted>
void wake_if(Wanted wanted)
{
	u64 next_us = never_us;

	for (Waiter **at = &first; *at;) {
		Waiter &waiter = **at;
		if (!wanted(waiter)) {
			if (waiter.end_us < next_us)
				next_us = waiter.end_us;
			at = &waiter.next;
			continue;
		}
		*at = waiter.next;
		waiter.woken = true;
		waiting--;
		pthread_cond_signal(&waiter.changed);
	}
	next_end_us = next_us;
}

void wake_until(u64 us)
{
	wake_if([us](const Waiter &waiter) { return waiter.end_us <= us; });
}

void go_on_if_all_wait()
{
	if (waiting < threads)
		return;
	const u64 end_us = next_end_us;
	if (end_us == never_us) {
		std::fprintf(stderr, "every thread waits for another one\n");
		std::abort();
	}
	if (clock_us < end_us)
		clock_us = end_us;
	wake_until(end_us);
}

} // namespace

u64 now_us()
{
	const u64 now = clock_us.fetch_add(look_us);

	if (now >= next_end_us) {
		Big guard;
		wake_until(now);
	}
	return now;
}

u64 after_us(u64 us)
{
	return clock_us + us;
}

bool wait(const void *event, u64 end_us)
{
	Waiter waiter{.event = event, .end_us = end_us, .next = first};

	first = &waiter;
	if (end_us < next_end_us)
		next_end_us = end_us;
	waiting++;
	go_on_if_all_wait();
	while (!waiter.woken)
		pthread_cond_wait(&waiter.changed, &big);
	return clock_us < end_us;
}

void wake(const void *event)
{
	wake_if([event](const Waiter &waiter) { return waiter.event == event; });
}

void wake_all()
{
	wake_if([](const Waiter &) { return true; });
}

void thread_starts()
{
	threads++;
}

void thread_ends()
{
	threads--;
	go_on_if_all_wait();
}

} // namespace host
