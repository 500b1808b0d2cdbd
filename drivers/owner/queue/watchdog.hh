// SPDX-License-Identifier: GPL-2.0-only
// Looks after the pending requests of a queue.
#pragma once

#include "owner/queue/request.hh"

namespace owner {

/// Requests that one call of expire() looks at, with interrupts off.
constexpr unsigned max_examined = 128;

/// Time between two runs of the watchdog while requests are pending.
constexpr u64 watchdog_period_ms = 100;

/**
 * class Watchdog - when one delayed work has to run for all pending requests
 *
 * Invariant: while a request is pending, the work runs at the latest watchdog_period_ms after
 * its last run, and not later than the request's deadline. A completion does not stop the work:
 * the next request finds it scheduled, and a run without pending requests is the last one.
 *
 * Not locked: the caller holds the queue's lock.
 */
class Watchdog {
public:
	/// @request is pending from @now_us on, until it completes. Return: the delay in
	/// milliseconds with which the caller must schedule the work, or 0 if it runs in time.
	[[nodiscard]] u32 watch(Request &request, u64 now_us)
	{
		pending_.append(request.link);
		return cover(request.deadline, now_us);
	}

	/// The work runs. Calls of expire() must follow until finished().
	void started()
	{
		due_ms_ = never_ms;
		unexamined_.take_all(pending_);
	}
	/// Whether the run has looked at all requests.
	[[nodiscard]] bool finished() const { return unexamined_.alone(); }

	/// Whether no request is pending.
	[[nodiscard]] bool idle() const { return pending_.alone() && unexamined_.alone(); }

	/// Calls @expire for each of the next requests whose deadline is over at @now_us. @expire
	/// must complete its request. @completed_us: as in Request::due_ms(). Return: as watch(),
	/// for the others of them.
	template <typename Expire>
	[[nodiscard]] u32 expire(u64 now_us, u64 completed_us, Expire expire)
	{
		u32 delay_ms = 0;

		for (unsigned i = 0; i < max_examined && !finished(); i++) {
			PendingLink &link = *unexamined_.next;
			link.unlink();
			pending_.append(link);
			if (link.request->expired(now_us, completed_us))
				expire(*link.request);
			else if (const u32 sooner_ms = cover(link.request->due_ms(completed_us), now_us))
				delay_ms = sooner_ms;
		}
		return delay_ms;
	}

private:
	enum : u64 { never_ms = ~u64{0} };

	u32 cover(u64 deadline, u64 now_us)
	{
		const u64 now_ms = now_us / us_per_ms;
		const u64 due_ms = base::minimum(deadline, now_ms + watchdog_period_ms);

		if (due_ms >= due_ms_)
			return 0;
		due_ms_ = due_ms;
		return due_ms > now_ms ? static_cast<u32>(due_ms - now_ms) : 1;
	}

	PendingLink pending_{nullptr};
	PendingLink unexamined_{nullptr}; ///< pending, too: not yet looked at by the present run
	u64 due_ms_ = never_ms; ///< when the work runs (kn_now_ms())
};

} // namespace owner
