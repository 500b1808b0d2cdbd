// SPDX-License-Identifier: GPL-2.0-only
// What to do when the device does not complete commands, is unreachable, or is reset.
#pragma once

#include "base/atomic.hh"
#include "base/result.hh"
#include "kernel/types.h"

namespace owner {

using base::Error;

/// State of an owner.
enum class State : u8 {
	live,	///< commands are accepted
	frozen, ///< under reset or suspended: commands wait
	lost,	///< unreachable after an error: commands fail until the function is reset
	dead,	///< gone, or broken for good, until the PF is bound again
};

/// Resets within a minute after which the owner is given up.
constexpr unsigned max_resets = 3;

/// The queue at the end of a wait. Times are kn_now_us().
struct QueueActivity {
	u64 now_us;
	u64 opened_us;	   ///< the queue accepts commands since
	u64 idle_since_us; ///< last completion, or when the device became busy
	u64 others_us;	   ///< last completion of any sender but the one that waited
	bool busy;	   ///< the device has commands
};

/// A wait that ended without a completion.
struct FailedWait {
	u64 since_us;	  ///< when it began (kn_now_us())
	u64 recovered_us; ///< last function reset or open of the member
	u32 orphans;	  ///< of the member
	u32 share;	  ///< in-flight limit of a member
};

/// What the recovery work found.
struct Findings {
	bool unreachable = false; ///< the function does not answer
	bool violated = false;	  ///< the device broke the rules of the queue
	bool needs_reset = false; ///< DEVICE_NEEDS_RESET
	bool stalled = false;	  ///< reported before, and still so
};

/// What a caller of Recovery has to do.
enum class Action : u8 {
	none,
	reset,		    ///< the smallest reset that helps
	handle_unreachable, ///< end all waits, and ask unreachable() what follows
	mark_lost,
	mark_dead,
};

/**
 * class Recovery - the decisions about an owner in trouble
 *
 * Invariant: `dead` is final. `lost` and `frozen` end with a reset of the function. Recovery
 * touches neither device nor queue: it is told events and returns what the owner has to do.
 *
 * Only take_reset_credit() is for one caller at a time: the owner's mutex serializes it. All others
 * are for any context and need no lock.
 */
class Recovery {
public:
	/// @timeout_ms: command_timeout_ms, which may change at any time
	explicit Recovery(const u32 &timeout_ms) : timeout_ms_(timeout_ms) {}

	[[nodiscard]] State state() const { return state_.load(); }

	/// Whether the device as a whole completes nothing. Only a waiter can tell: orphans of an
	/// idle queue say nothing.
	[[nodiscard]] bool is_stalled(const QueueActivity &queue) const;
	/// Whether a member whose wait timed out is broken: others made progress meanwhile.
	[[nodiscard]] bool is_member_broken(const QueueActivity &queue,
					    const FailedWait &wait) const;
	/// Whether a member that got no slot is broken: orphans have its whole share, and others
	/// made progress meanwhile.
	[[nodiscard]] bool is_member_blocked(const QueueActivity &queue,
					     const FailedWait &wait) const
	{
		return wait.orphans >= wait.share && is_member_broken(queue, wait);
	}
	/// A waiter found the device stalled. The recovery work is due.
	void report_stall() { stalled_.store(true); }
	/// Whether a stall was reported since the last call. To be called before is_stalled(), which
	/// says whether it lasts: a report that comes in between counts for the next run.
	[[nodiscard]] bool take_stall() { return stalled_.exchange(false); }

	/// The recovery work runs. Return: none, reset, or handle_unreachable.
	[[nodiscard]] Action examine(const Findings &findings) const;

	/**
	 * take_reset_credit() - ask for a reset
	 * @now_ms: kn_now_ms()
	 * @credits: 1 to max_resets; the reset is refused if there were as many within the last
	 *	minute
	 *
	 * Return: whether the caller may reset, which counts as one. If not, and @credits is
	 * max_resets, the owner is given up.
	 */
	[[nodiscard]] bool take_reset_credit(u64 now_ms, unsigned credits);

	/// A reset by the owner failed with @error. Return: none, because something else has a
	/// cure of its own; handle_unreachable; mark_dead.
	[[nodiscard]] Action reset_failed(Error error) const;

	/**
	 * unreachable() - the queue was stopped because the function does not answer
	 * @removed: the kernel knows that it was removed
	 *
	 * Unless the function was removed, this may be an error that the kernel is about to cure,
	 * cures, or has cured: the waiter that reports it may be late. @still_stopped says whether
	 * the queue is still stopped for it. Return: none, mark_lost, mark_dead.
	 */
	[[nodiscard]] Action unreachable(bool removed, bool still_stopped) const;

	// Changes of the state. Each returns whether it happened.

	/// The owner works, after its creation or a reset of the function.
	bool mark_live() { return state_.replace(State::frozen, State::live); }
	/// An error cut off the function of a live owner.
	bool mark_lost() { return state_.replace(State::live, State::lost); }
	bool mark_dead() { return state_.exchange(State::dead) != State::dead; }
	/// A reset of the function begins. @was is the state before.
	bool mark_frozen(State was) { return state_.replace(was, State::frozen); }

private:
	[[nodiscard]] u64 timeout_ms() const;

	const u32 &timeout_ms_;
	base::Atomic<State> state_{State::frozen};
	base::Atomic<bool> stalled_{false};
	u64 resets_ms_[max_resets] = {}; ///< times of the last resets, oldest first
};

} // namespace owner
