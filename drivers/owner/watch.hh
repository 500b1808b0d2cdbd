// SPDX-License-Identifier: GPL-2.0-only
// When to look after the pending requests of a queue.
#pragma once

#include "kernel/types.h"

namespace owner {

/// Time between two runs of the watch while requests are pending.
constexpr base::u64 watch_period_ms = 100;

/**
 * class Watch - when one delayed work has to run for all pending requests
 *
 * Invariant: while a request is pending, the work runs at the latest watch_period_ms after its
 * last run, and not later than the request's deadline. A completion does not stop the work: the
 * next request finds it scheduled.
 *
 * Not locked: the caller holds the queue's lock.
 */
class Watch {
public:
	/**
	 * cover() - a request is pending
	 * @now_us: kn_now_us()
	 * @deadline: of the request, kn_now_ms()
	 *
	 * Return: the delay in milliseconds with which the caller must schedule the work, or 0 if
	 * it runs in time.
	 */
	[[nodiscard]] base::u32 cover(base::u64 now_us, base::u64 deadline)
	{
		const base::u64 now_ms = now_us / 1000;
		const base::u64 latest_ms = now_ms + watch_period_ms;
		const base::u64 due_ms = deadline < latest_ms ? deadline : latest_ms;

		if (due_ms >= due_ms_)
			return 0;
		due_ms_ = due_ms;
		return due_ms > now_ms ? static_cast<base::u32>(due_ms - now_ms) : 1;
	}

	/// The work runs.
	void ended() { due_ms_ = ~base::u64{0}; }

private:
	base::u64 due_ms_ = ~base::u64{0}; ///< when the work runs, ~0 if it is not scheduled
};

} // namespace owner
