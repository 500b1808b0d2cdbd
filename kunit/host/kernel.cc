// SPDX-License-Identifier: GPL-2.0-only
// Locks, waiting, time and messages of include/kernel, with threads of the host. Contexts are
// checked: what may sleep must not be called with a spinlock held or from an interrupt handler.
#include "kunit/host/kernel.hh"

#include <pthread.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "kernel/lock.h"
#include "kernel/log.h"
#include "kernel/processor.h"
#include "kernel/time.h"
#include "kernel/wait.h"
#include "kunit/fake/fake.hh"
#include "kunit/shim.h"

namespace host {

thread_local Thread self;

namespace {

struct Spinlock {
	pthread_mutex_t mutex;
};
struct Mutex {
	Thread *holder;
	kn_lock_class kind;
};
struct Completion {
	unsigned done;
};
struct Ratelimit {
	u64 start_ms;
	unsigned count;
};

int wait_for(kn_completion *completion, u64 end_us, bool killable)
{
	may_sleep("wait for a completion");
	Completion &state = in<Completion>(completion);
	Big guard;

	for (bool in_time = true;; in_time = wait(completion, end_us)) {
		if (state.done) {
			state.done--;
			return 1;
		}
		if (killable && self.killed && *self.killed)
			return -EINTR;
		if (!in_time)
			return 0;
	}
}

void sleep_for(u64 us)
{
	Big guard;

	for (const u64 end = after_us(us); host::wait(nullptr, end);)
		;
}

} // namespace

void kill(bool &flag)
{
	Big guard;

	flag = true;
	wake_all();
}

void preempt(bool &flag)
{
	Big guard;

	flag = true;
}

void may_sleep(const char *what)
{
	if (self.spinlocks || self.in_interrupt)
		fake::violation(what, self.spinlocks, self.in_interrupt);
}

} // namespace host

using namespace host;

extern "C" {

void kn_spin_init(kn_spinlock *lock, kn_lock_class)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&in<Spinlock>(lock).mutex, &attributes);
	pthread_mutexattr_destroy(&attributes);
}

u64 kn_spin_lock(kn_spinlock *lock)
{
	// A leaf: nothing else of ours may be held inside.
	if (self.spinlocks)
		fake::violation("spinlock taken with a spinlock held");
	if (pthread_mutex_lock(&in<Spinlock>(lock).mutex)) {
		std::fprintf(stderr, "spinlock taken twice by one thread\n");
		std::abort();
	}
	self.spinlocks++;
	self.spinlock = lock;
	return 1;
}

void kn_spin_unlock(kn_spinlock *lock, u64)
{
	self.spinlocks--;
	self.spinlock = nullptr;
	if (pthread_mutex_unlock(&in<Spinlock>(lock).mutex))
		fake::violation("spinlock released that is not held");
}

void kn_mutex_init(kn_mutex *mutex, kn_lock_class kind)
{
	in<Mutex>(mutex) = {nullptr, kind};
}

static void hold(Mutex &mutex, kn_mutex *storage)
{
	mutex.holder = &self;
	for (Held &held : self.held)
		if (!held.mutex) {
			held = {storage, mutex.kind};
			break;
		}
}

static int lock_mutex(kn_mutex *storage, bool killable)
{
	Mutex &mutex = in<Mutex>(storage);

	may_sleep("mutex taken where nothing may sleep");
	Big guard;
	// The order of enum kn_lock_class: the owner's may be taken inside a
	// member's, and not the other way round.
	for (const Held &held : self.held)
		if (held.mutex && held.kind <= mutex.kind)
			fake::violation("mutexes taken in the wrong order", held.kind, mutex.kind);
	while (mutex.holder) {
		if (mutex.holder == &self) {
			std::fprintf(stderr, "mutex taken twice by one thread\n");
			std::abort();
		}
		if (killable && self.killed && *self.killed)
			return -EINTR;
		host::wait(storage);
	}
	hold(mutex, storage);
	return 0;
}

void kn_mutex_lock(kn_mutex *mutex)
{
	(void)lock_mutex(mutex, false);
}

bool kn_mutex_trylock(kn_mutex *storage)
{
	Mutex &mutex = in<Mutex>(storage);
	Big guard;

	if (mutex.holder)
		return false;
	hold(mutex, storage);
	return true;
}

int kn_mutex_lock_killable(kn_mutex *mutex)
{
	return lock_mutex(mutex, true);
}

void kn_mutex_unlock(kn_mutex *storage)
{
	Mutex &mutex = in<Mutex>(storage);
	Big guard;

	if (mutex.holder != &self)
		fake::violation("mutex released by another thread");
	mutex.holder = nullptr;
	for (Held &held : self.held)
		if (held.mutex == storage)
			held = {};
	wake(storage);
}

void kn_spin_assert_held(const kn_spinlock *lock)
{
	if (self.spinlock != lock)
		fake::violation("spinlock not held");
}

void kn_mutex_assert_held(const kn_mutex *mutex)
{
	for (const Held &held : self.held)
		if (held.mutex == mutex)
			return;
	fake::violation("mutex not held");
}

void kn_completion_init(kn_completion *completion)
{
	Big guard;

	in<Completion>(completion).done = 0;
}

void kn_complete(kn_completion *completion)
{
	Big guard;

	in<Completion>(completion).done++;
	wake(completion);
}

bool kn_try_wait(kn_completion *completion)
{
	Completion &state = in<Completion>(completion);
	Big guard;

	if (!state.done)
		return false;
	state.done--;
	return true;
}

int kn_wait(kn_completion *completion, u32 ms)
{
	return wait_for(completion, after_us(ms * 1000ull), false);
}

/// As a kernel without PREEMPT_RT.
int kn_wait_killable_until(kn_completion *completion, u64)
{
	return wait_for(completion, never_us, true);
}

int kn_wait_killable_for(kn_completion *completion, u32 ms)
{
	return wait_for(completion, after_us(ms * 1000ull), true);
}

u64 kn_now_us()
{
	return now_us();
}

u64 kn_now_ms()
{
	return kn_now_us() / 1000;
}

void kn_sleep_us(u32 us)
{
	may_sleep("sleep where nothing may sleep");
	if (us < 10 || us > 20000)
		fake::violation("sleep outside of what kn_sleep_us() takes", us);
	sleep_for(us);
}

void kn_cpu_relax()
{
	sleep_for(1);
}

bool kn_processor_wanted()
{
	Big guard;
	bool *const flag = self.preempted;
	const bool set = flag && *flag;

	if (set)
		*flag = false;
	return set;
}

bool kn_killed()
{
	Big guard;

	return self.killed && *self.killed;
}

void kn_ratelimit_init(kn_ratelimit *limit)
{
	in<Ratelimit>(limit) = {};
}

bool kn_ratelimit_ok(kn_ratelimit *storage)
{
	constexpr u64 window_ms = 5000;
	constexpr unsigned burst = 10;
	Ratelimit &limit = in<Ratelimit>(storage);
	const u64 now = kn_now_ms();
	Big guard;

	if (now - limit.start_ms >= window_ms)
		limit = {now, 0};
	return limit.count++ < burst;
}

static void say(kn_pci *pci, bool warning, const char *format, va_list arguments)
{
	char text[256];

	std::vsnprintf(text, sizeof(text), format, arguments);
	kt_logged(pci, warning, text);
	if (std::getenv("KT_VERBOSE"))
		std::fprintf(stderr, "# %s: %s\n", warning ? "warn" : "info", text);
}

void kn_info(kn_pci *pci, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(pci, false, format, arguments);
	va_end(arguments);
}

void kn_warn(kn_pci *pci, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(pci, true, format, arguments);
	va_end(arguments);
}

} // extern "C"
