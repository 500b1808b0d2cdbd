// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include "kernel/lock.h"

namespace host {

struct Held {
	kn_mutex *mutex;
	kn_lock_class kind;
};

/// What the contexts' checks need to know of a thread.
struct Thread {
	unsigned spinlocks;
	bool in_interrupt;
	bool *killed;
	bool *preempted;
	Held held[4];
};
extern thread_local Thread self;

void init();
/// Sets a thread's flag and wakes whoever waits.
void kill(bool &flag);
/// Sets a flag that kn_processor_wanted() takes.
void preempt(bool &flag);
/// Notes a broken rule unless the thread may sleep here.
void may_sleep(const char *what);

} // namespace host
