// SPDX-License-Identifier: GPL-2.0-only
// What to do when the device does not complete commands, is unreachable, or is reset.
#pragma once

#include "base/atomic.hh"
#include "base/result.hh"
#include "owner/queue/activity.hh"
#include "owner/recovery_table.hh"
#include "owner/retries.hh"

namespace owner {

/// Resets within a minute after which the owner pauses before the next one.
constexpr unsigned max_resets = 3;
/// Invalid used entries in a row, with a reset after each, after which the device is hopeless.
constexpr unsigned max_violations = 16;
/// What a reset may take for which guests wait, unless a quarter of the timeout is longer.
constexpr u64 min_reset_ms = 1000;
/// A device that works completes a probe after a queue reset within this time.
constexpr u64 prompt_us = 500000;

/// A wait that ended without a completion.
struct FailedWait {
	u64 since_us;	  ///< when it began (kn_now_us())
	u64 recovered_us; ///< last function reset or open of the member
	u32 orphans;	  ///< of the member
	u32 share;	  ///< in-flight limit of a member
};

/**
 * class Recovery - the state of an owner, and the decisions about it
 *
 * Invariant: the state changes only as transitions[] says. Recovery touches neither device nor
 * queue: it is told events and returns what the owner has to do.
 *
 * Functions without another context are for any context and need no lock. "Mutex" means that the
 * owner's mutex is held.
 */
class Recovery {
public:
	/// @timeout_ms: command_timeout_ms, which may change at any time
	explicit Recovery(const u32 &timeout_ms) : timeout_ms_(timeout_ms) {}

	[[nodiscard]] State state() const { return state_.load(); }
	/// When the state changed last (kn_now_ms()).
	[[nodiscard]] u64 since_ms() const { return since_ms_.load(); }
	/// Changes the state as @event demands. Return: what the caller has to do.
	[[nodiscard]] Action handle(Event event, u64 now_ms);

	/// Whether the device completed nothing for so long that it is probed.
	[[nodiscard]] bool is_silent(const QueueActivity &queue) const;
	/// Whether a probe of @since_us had its time.
	[[nodiscard]] bool has_expired(u64 since_us, u64 now_us) const;
	/// How long a reset may take for which guests wait (milliseconds).
	[[nodiscard]] u64 reset_ms() const;

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

	/// The device needs a reset, because it broke the rules of the queue if @violated. Mutex.
	/// Return: reset_needed, too_often, or hopeless.
	[[nodiscard]] Event needs_reset(bool violated, u64 now_ms);
	/**
	 * take_reset_credit() - ask for a reset
	 * @now_ms: kn_now_ms()
	 * @credits: 1 to max_resets; the reset is refused if there were as many within the last
	 *	minute
	 *
	 * Context: mutex. Return: whether the caller may reset, which counts as one.
	 */
	[[nodiscard]] bool take_reset_credit(u64 now_ms, unsigned credits);

	/// Begins and ends the pauses as the state says, which may change in any context. Mutex.
	void keep_time(u64 now_ms);
	/// When the next try is due; 0 for none. @cut_off: the kernel is about to reset the function
	[[nodiscard]] u64 next_try_ms(bool cut_off) const;
	/// The pauses between tries while stalled or lost. Mutex, except for reading.
	[[nodiscard]] Retries &retries() { return retries_; }
	[[nodiscard]] const Retries &retries() const { return retries_; }

private:
	[[nodiscard]] u64 timeout_us() const;

	const u32 &timeout_ms_;
	base::Atomic<State> state_{State::frozen};
	base::Atomic<u64> since_ms_{0};
	Retries retries_;
	unsigned violations_ = 0;	 ///< in a row
	u64 violated_ms_ = 0;		 ///< time of the last one
	u64 resets_ms_[max_resets] = {}; ///< times of the last resets, oldest first
};

} // namespace owner
