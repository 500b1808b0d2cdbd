// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "kernel/lock.h"
#include "kunit/host/clock.hh"

namespace host {

struct Held {
	kn_mutex *mutex;
	kn_lock_class kind;
};

/// What the contexts' checks need to know of a thread.
struct Thread {
	unsigned spinlocks;
	const kn_spinlock *spinlock; ///< the one that it holds
	bool in_interrupt;
	bool *killed;
	bool *preempted;
	Held held[4];
};
extern thread_local Thread self;

/// What is kept in the storage that the contract has for it.
template <typename T, typename S>
T &in(S *storage)
{
	static_assert(sizeof(T) <= sizeof(S));
	return *reinterpret_cast<T *>(storage);
}

/// Sets a thread's flag and wakes the threads that wait.
void kill(bool &flag);
/// Sets a flag that kn_processor_wanted() takes.
void preempt(bool &flag);
/// Notes a broken rule unless the thread may sleep here.
void may_sleep(const char *what);

} // namespace host
