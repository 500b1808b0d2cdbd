// SPDX-License-Identifier: GPL-2.0-only
// How many commands the device gets at once: as many as it works on, and a few more.
#pragma once

#include "kernel/types.h"

namespace owner {

/// The depth is never less, if the queue has as many: what may go together, goes together.
constexpr u16 least_depth = 4;

/**
 * class DispatchDepth - learns from answers how many commands at once are of use
 *
 * A command that found the device idle shows how long one takes. One that was the p-th of
 * those in the device and took k times as long shows that p / k were worked on in that time
 * (Little's law). More than that, and half as many for what varies, only wait in the device,
 * where what was sent before goes first, instead of with us, where turns are taken.
 *
 * A device that works on all that it has is not held back for long: among p a command takes
 * no longer than alone, so the limit grows by half with each answer time.
 *
 * Not locked: the caller is. Times are microseconds.
 */
class DispatchDepth {
public:
	/// Nothing is known: all @most commands may be in the device.
	void init(u16 most);

	/// Commands that the device may have at once, at least one.
	[[nodiscard]] u16 limit() const { return probing_ ? u16{1} : limit_; }
	/**
	 * note() - a command of the kind that is compared was answered
	 * @position: it was sent as the position-th of those in the device, from 1 on
	 * @us: how long ago
	 * @alike: the device has none of another kind, so that it is soon empty
	 * @now_us: when
	 */
	void note(u16 position, u64 us, bool alike, u64 now_us)
	{
		if (position == 1)
			note_alone(us, now_us);
		else if (us < alone_us_)
			set_alone(us); // none is quicker among others than alone
		else if (position >= least_depth && (limited() || us > good_us_))
			note_among(position, us, alike, now_us);
	}

	/// A command of another kind was sent. It may take long, and nobody waits for that to
	/// be alone.
	void note_other() { probing_ = false; }

	/// A command that has no answer for so long is no longer one that the device works on:
	/// it must not keep others out.
	[[nodiscard]] u64 patience_us() const;

private:
	[[nodiscard]] bool limited() const { return limit_ < most_; }
	void note_alone(u64 us, u64 now_us);
	void set_alone(u64 us);
	void note_among(u16 position, u64 us, bool alike, u64 now_us);

	u16 most_ = 1;
	u16 limit_ = 1;
	bool probing_ = false; ///< the next one shall be alone
	bool stale_ = false;   ///< the device is no longer what it was when one was
	u64 alone_us_ = 0;     ///< what a command takes that is alone; 0: not known
	u64 good_us_ = ~u64{0}; ///< what one may take that is not; nothing is known: anything
	u64 alone_at_us_ = 0;  ///< when that was seen last
};

} // namespace owner
