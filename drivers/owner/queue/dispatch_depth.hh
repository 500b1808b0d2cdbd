// SPDX-License-Identifier: GPL-2.0-only
// How many commands the device gets at once: as many as it works on, and a few more.
#pragma once

#include "kernel/types.h"

namespace owner {

/// Lower bound of the dispatch depth, if the queue has as many slots: commands of one request
/// that can go together do so.
constexpr u16 min_depth = 4;

/**
 * class DispatchDepth - learns how many commands in the device at once are of use
 *
 * Invariant: 1 <= limit() <= max_, and min_depth <= limit() unless max_ is less or a command
 * is to be submitted alone. alone_us_ is the time of a command that found the device idle.
 *
 *	in_progress	= position * alone_us_ / us, for a command that took us and was the
 *			  position-th in the device at submission (Little's law)
 *	wanted limit	= max(min_depth, 1.5 * in_progress + completed in slack_us + 1)
 *
 * Commands beyond that wait in the device, where they are in order of submission, instead of in
 * the scheduler, where senders take turns. A limit that is too low does not last: a device that
 * works on all commands takes no longer for one of many than for one alone, so the limit grows
 * by half within that time.
 *
 * Not locked: the caller holds the queue's lock. Times are microseconds.
 */
class DispatchDepth {
public:
	/// Nothing is known: all @max commands may be in the device.
	void init(u16 max);

	/// Commands that the device may have at once, at least one.
	[[nodiscard]] u16 limit() const { return probing_ ? u16{1} : limit_; }
	/**
	 * note() - a sampled command was completed
	 * @position: it was the position-th in the device at submission, from 1 on
	 * @us: time since its submission
	 * @alike: the device has sampled commands only, so that it is soon idle
	 * @now_us: kn_now_us()
	 */
	void note(u16 position, u64 us, bool alike, u64 now_us)
	{
		if (position == 1)
			note_alone(us, now_us);
		else if (us < alone_us_)
			set_alone(us); // no command is faster among others than alone
		else if (position >= min_depth && (limited() || us > good_us_))
			note_among(position, us, alike, now_us);
	}

	/// A command that is not sampled was submitted. It may be slow, so no command waits to be
	/// alone.
	void note_other() { probing_ = false; }

	/// A command that takes longer is overdue. It is not counted in the limit, because it must
	/// not keep others out.
	[[nodiscard]] u64 patience_us() const;

private:
	[[nodiscard]] bool limited() const { return limit_ < max_; }
	void note_alone(u64 us, u64 now_us);
	void set_alone(u64 us);
	void note_among(u16 position, u64 us, bool alike, u64 now_us);

	u16 max_ = 1;
	u16 limit_ = 1;
	bool probing_ = false;	///< the next command is submitted alone
	bool stale_ = false;	///< the device is slower than alone_us_ says
	u64 alone_us_ = 0;	///< 0: not known
	u64 good_us_ = ~u64{0}; ///< a command of an unlimited device takes at most this
	u64 alone_at_us_ = 0;	///< when alone_us_ was measured
};

} // namespace owner
