// SPDX-License-Identifier: GPL-2.0-only
// Work and timers of include/kernel, each kind with a thread of the host.
#include <pthread.h>

#include "kernel/timer.h"
#include "kernel/work.h"
#include "kunit/host/kernel.hh"

namespace host {

namespace {

struct Work {
	kn_work_function function;
	void *context;
	bool scheduled;
	bool running;
	Work *next;
};

struct Timer {
	kn_timer_function function;
	void *context;
	bool running;
	timespec end;
	Timer *next; ///< of those that were started
};

Work *first_work;
bool worker_started;

void start_detached(void *(*function)(void *))
{
	pthread_t thread;

	pthread_create(&thread, nullptr, function, nullptr);
	pthread_detach(thread);
}

void *run_work(void *)
{
	Big guard;

	for (;;) {
		while (!first_work)
			pthread_cond_wait(&changed, &big);
		Work *const work = first_work;
		first_work = work->next;
		work->scheduled = false;
		work->running = true;
		const kn_work_function function = work->function;
		void *const context = work->context;
		pthread_mutex_unlock(&big);
		function(context);
		pthread_mutex_lock(&big);
		// The work may be gone only after kn_work_cancel(), which waits for this.
		work->running = false;
		pthread_cond_broadcast(&changed);
	}
}

Timer *first_timer;
bool timekeeper_started;

/// Whether @timer is among those that were started; it is no longer.
bool take_out(Timer &timer)
{
	for (Timer **at = &first_timer; *at; at = &(*at)->next) {
		if (*at != &timer)
			continue;
		*at = timer.next;
		return true;
	}
	return false;
}

bool earlier(const timespec &one, const timespec &other)
{
	return one.tv_sec == other.tv_sec ? one.tv_nsec < other.tv_nsec : one.tv_sec < other.tv_sec;
}

Timer *earliest_timer()
{
	Timer *found = first_timer;

	for (Timer *timer = first_timer; timer; timer = timer->next)
		if (earlier(timer->end, found->end))
			found = timer;
	return found;
}

void *keep_time(void *)
{
	Big guard;

	self.in_interrupt = true;
	for (;;) {
		Timer *const timer = earliest_timer();
		if (!timer) {
			pthread_cond_wait(&changed, &big);
			continue;
		}
		const timespec end = timer->end;
		if (earlier(after_ms(0), end)) {
			pthread_cond_timedwait(&changed, &big, &end);
			continue;
		}
		take_out(*timer);
		timer->running = true;
		const kn_timer_function function = timer->function;
		void *const context = timer->context;
		pthread_mutex_unlock(&big);
		function(context);
		pthread_mutex_lock(&big);
		timer->running = false;
		pthread_cond_broadcast(&changed);
	}
}

} // namespace

} // namespace host

using namespace host;

extern "C" {

void kn_work_init(kn_work *work, kn_work_function function, void *context)
{
	in<Work>(work) = {function, context, false, false, nullptr};
}

void kn_work_schedule(kn_work *storage)
{
	Work &work = in<Work>(storage);
	Big guard;

	if (!worker_started) {
		worker_started = true;
		start_detached(run_work);
	}
	if (work.scheduled)
		return;
	work.scheduled = true;
	work.next = nullptr;
	Work **last = &first_work;
	while (*last)
		last = &(*last)->next;
	*last = &work;
	pthread_cond_broadcast(&changed);
}

static void *run_launched(void *storage)
{
	const Work work = *static_cast<Work *>(storage);

	work.function(work.context); // which may free it
	return nullptr;
}

void kn_work_launch(kn_work *storage)
{
	pthread_t thread;

	pthread_create(&thread, nullptr, run_launched, &in<Work>(storage));
	pthread_detach(thread);
}

void kn_work_cancel(kn_work *storage)
{
	Work &work = in<Work>(storage);

	may_sleep("work cancelled where nothing may sleep");
	Big guard;
	for (Work **at = &first_work; *at; at = &(*at)->next) {
		if (*at != &work)
			continue;
		*at = work.next;
		work.scheduled = false;
		break;
	}
	while (work.running)
		pthread_cond_wait(&changed, &big);
}

void kn_timer_init(kn_timer *timer, kn_timer_function function, void *context)
{
	in<Timer>(timer) = {.function = function, .context = context, .running = false, .end = {},
			    .next = nullptr};
}

void kn_timer_start(kn_timer *storage, u32 ms)
{
	Timer &timer = in<Timer>(storage);
	Big guard;

	if (!timekeeper_started) {
		timekeeper_started = true;
		start_detached(keep_time);
	}
	take_out(timer);
	timer.end = after_ms(ms);
	timer.next = first_timer;
	first_timer = &timer;
	pthread_cond_broadcast(&changed);
}

void kn_timer_stop(kn_timer *storage)
{
	Timer &timer = in<Timer>(storage);

	may_sleep("timer stopped where nothing may sleep");
	Big guard;
	while (take_out(timer) || timer.running)
		if (timer.running)
			pthread_cond_wait(&changed, &big);
}

} // extern "C"
