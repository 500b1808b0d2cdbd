// SPDX-License-Identifier: GPL-2.0-only
// When an owner that does not work tries again.
#pragma once

#include "base/atomic.hh"

namespace owner {

using base::u32;
using base::u64;

constexpr u64 first_pause_ms = 1000;
constexpr u64 max_pause_ms = 30000;
/// An owner that worked for so long begins with the first pause again.
constexpr u64 settled_ms = 60000;

/**
 * class Retries - the times of the tries of one owner
 *
 * Invariant: the pauses are 1, 2, 4, 8, 16, 30, 30, ... seconds from the beginning of one try to
 * the beginning of the next. They go on where they were if the owner worked for less than
 * settled_ms. The reset after which the owner stopped working is a try, too, but a second at least
 * is left until the next.
 *
 * One caller at a time, except for count() and due_ms(). Times are kn_now_ms().
 */
class Retries {
public:
	/// The owner stopped working.
	void begin(u64 now_ms)
	{
		if (worked_ms_ != 0 && now_ms - worked_ms_ >= settled_ms)
			pause_ms_ = first_pause_ms;
		worked_ms_ = 0;
		count_.store(0);
		const u64 soonest_ms = now_ms + first_pause_ms;
		const u64 due_ms = reset_ms_ + pause_ms_;
		due_ms_.store(due_ms > soonest_ms ? due_ms : soonest_ms);
	}

	/// A reset for which guests wait begins, before the owner stops working.
	void note_reset(u64 now_ms) { reset_ms_ = now_ms; }

	/// The owner works.
	void end(u64 now_ms)
	{
		if (due_ms_.exchange(0))
			worked_ms_ = now_ms;
	}

	/// A try begins.
	void start(u64 now_ms)
	{
		pause_ms_ = pause_ms_ * 2 < max_pause_ms ? pause_ms_ * 2 : max_pause_ms;
		count_.add(1);
		due_ms_.store(now_ms + pause_ms_);
	}

	[[nodiscard]] bool due(u64 now_ms) const { return now_ms >= due_ms_.load(); }
	/// When the next try is due; 0 while the owner works.
	[[nodiscard]] u64 due_ms() const { return due_ms_.load(); }
	/// Tries since begin().
	[[nodiscard]] u32 count() const { return count_.load(); }

private:
	u64 pause_ms_ = first_pause_ms;
	u64 reset_ms_ = 0;  ///< when the last reset for which guests waited began
	u64 worked_ms_ = 0; ///< when the owner began to work after tries; 0: no pause counts
	base::Atomic<u64> due_ms_{0};
	base::Atomic<u32> count_{0};
};

} // namespace owner
