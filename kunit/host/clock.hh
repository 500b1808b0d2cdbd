// SPDX-License-Identifier: GPL-2.0-only
// The clock of the suites, and waiting. Time stands still while a thread runs: once all threads
// wait, the clock goes on to the end of the first wait. So a limit passes for its cause alone,
// however slow or busy the machine is, and a wait costs no time.
#pragma once

#include <pthread.h>

#include "kernel/types.h"

namespace host {

/// One lock for everything that can be waited for: simple, and fast enough for a test.
extern pthread_mutex_t big;

class Big {
public:
	Big() { pthread_mutex_lock(&big); }
	~Big() { pthread_mutex_unlock(&big); }
	Big(const Big &) = delete;
	Big &operator=(const Big &) = delete;
};

constexpr u64 never_us = ~u64{0};

/// The clock. A look at it takes 5 us, so that a loop that waits for a time comes to its end.
u64 now_us();

/// @us from now, for wait().
u64 after_us(u64 us);

/**
 * Waits for wake() of @event, or until the clock says @end_us (never_us: no end). The caller holds
 * Big, and looks again at what it waits for.
 *
 * Return: false once the clock says @end_us.
 */
bool wait(const void *event, u64 end_us = never_us);

/// What threads wait for as @event may have come. The caller holds Big.
void wake(const void *event);

/// As wake() of every event.
void wake_all();

/// A thread is about to be started, by one that runs. The caller holds Big.
void thread_starts();

/// The calling thread ends. The caller holds Big.
void thread_ends();

} // namespace host
