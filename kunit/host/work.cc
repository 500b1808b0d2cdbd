// SPDX-License-Identifier: GPL-2.0-only
// Work and delayed work of include/kernel, each kind with a thread of the host.
#include <pthread.h>

#include "kernel/delayed_work.h"
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

struct DelayedWork {
	kn_delayed_work_function function;
	void *context;
	bool running;
	u64 end_us;
	DelayedWork *next; ///< among the started ones
};

Work *first_work;
bool worker_started;

/// The caller holds Big.
void start_detached(void *(*function)(void *), void *context)
{
	pthread_t thread;

	thread_starts();
	pthread_create(&thread, nullptr, function, context);
	pthread_detach(thread);
}

void *run_work(void *)
{
	Big guard;

	for (;;) {
		while (!first_work)
			host::wait(&first_work);
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
		wake(work);
	}
}

DelayedWork *first_delayed;
bool delayed_worker_started;

/// Whether @work was started. It is not any more.
bool take_out(DelayedWork &work)
{
	for (DelayedWork **at = &first_delayed; *at; at = &(*at)->next) {
		if (*at != &work)
			continue;
		*at = work.next;
		return true;
	}
	return false;
}

DelayedWork *earliest()
{
	DelayedWork *found = first_delayed;

	for (DelayedWork *work = first_delayed; work; work = work->next)
		if (work->end_us < found->end_us)
			found = work;
	return found;
}

void *run_delayed_work(void *)
{
	Big guard;

	for (;;) {
		DelayedWork *const work = earliest();
		if (!work) {
			host::wait(&first_delayed);
			continue;
		}
		if (after_us(0) < work->end_us) {
			host::wait(&first_delayed, work->end_us);
			continue;
		}
		take_out(*work);
		work->running = true;
		const kn_delayed_work_function function = work->function;
		void *const context = work->context;
		pthread_mutex_unlock(&big);
		function(context);
		pthread_mutex_lock(&big);
		work->running = false;
		wake(work);
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
		start_detached(run_work, nullptr);
	}
	if (work.scheduled)
		return;
	work.scheduled = true;
	work.next = nullptr;
	Work **last = &first_work;
	while (*last)
		last = &(*last)->next;
	*last = &work;
	wake(&first_work);
}

static void *run_launched(void *storage)
{
	const Work work = *static_cast<Work *>(storage);

	work.function(work.context); // which may free it
	Big guard;
	thread_ends();
	return nullptr;
}

void kn_work_launch(kn_work *storage)
{
	Big guard;

	start_detached(run_launched, storage);
}

void kn_work_flush(kn_work *storage)
{
	Work &work = in<Work>(storage);

	may_sleep("work flushed where nothing may sleep");
	Big guard;
	while (work.scheduled || work.running)
		host::wait(&work);
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
		host::wait(&work);
}

void kn_delayed_work_init(kn_delayed_work *work, kn_delayed_work_function function, void *context)
{
	in<DelayedWork>(work) = {.function = function, .context = context, .running = false,
				 .end_us = 0, .next = nullptr};
}

void kn_delayed_work_start(kn_delayed_work *storage, u32 ms)
{
	DelayedWork &work = in<DelayedWork>(storage);
	Big guard;

	if (!delayed_worker_started) {
		delayed_worker_started = true;
		start_detached(run_delayed_work, nullptr);
	}
	take_out(work);
	work.end_us = after_us(ms * 1000ull);
	work.next = first_delayed;
	first_delayed = &work;
	wake(&first_delayed);
}

void kn_delayed_work_cancel(kn_delayed_work *storage)
{
	DelayedWork &work = in<DelayedWork>(storage);

	may_sleep("delayed work cancelled where nothing may sleep");
	Big guard;
	while (take_out(work) || work.running)
		if (work.running)
			host::wait(&work);
}

} // extern "C"
