// SPDX-License-Identifier: GPL-2.0-only
// A waiter that polls for its completion before it sleeps.
#pragma once

#include "base/guard.hh"
#include "kernel/processor.h"
#include "kernel/time.h"
#include "kernel/wait.h"
#include "owner/queue/poll_window.hh"

namespace owner {

/**
 * class Poller - lets one waiter of a queue poll, for all of them
 *
 * Invariant: at most one waiter polls, since more would each use a processor to find the same.
 * Interrupts stay enabled meanwhile: sleeping waiters rely on them, and a polling one may lose
 * its processor at any time.
 *
 * Not locked, but for what found() counts.
 */
class Poller {
public:
	/// Whether there is no interrupt, so that every waiter has to poll all the time.
	[[nodiscard]] bool polled() const { return polled_.load(); }
	void set_polled(bool polled) { polled_.store(polled); }

	/// Whether a waiter polls in poll().
	[[nodiscard]] bool active() const { return active_.load(); }
	[[nodiscard]] PollWindow &window() { return window_; }
	/// The polling waiter, or another one in its place, found @completions. Under the lock.
	void found(unsigned completions) { found_ += completions; }
	/// Completions found, ever. Under the lock.
	[[nodiscard]] u64 found() const { return found_; }

	/**
	 * poll() - poll for the completion of a request
	 * @done: of the request
	 * @since_us: when it was submitted (kn_now_us())
	 * @limit_us: the present setting
	 * @has_used: whether there may be completions
	 * @process: takes them
	 *
	 * Ends when the window does, when the processor is wanted, or when the task is being
	 * killed. Context: process.
	 * Return: whether @done is complete.
	 */
	template <typename HasUsed, typename Process>
	[[nodiscard]] bool poll(kn_completion &done, u64 since_us, u32 limit_us, HasUsed has_used,
				Process process)
	{
		const u32 window_us = window_.window(limit_us);

		if (window_us == 0 || active_.exchange(true))
			return false;
		const base::ScopeGuard end{[this] { active_.store(false); }};
		do {
			if (has_used())
				process();
			if (kn_try_wait(&done))
				return true;
			kn_cpu_relax();
		} while (!kn_processor_wanted() && !kn_killed() &&
			 kn_now_us() - since_us < window_us);
		return false;
	}

private:
	base::Atomic<bool> polled_{false};
	base::Atomic<bool> active_{false};
	PollWindow window_;
	u64 found_ = 0;
};

} // namespace owner
