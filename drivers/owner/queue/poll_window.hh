// SPDX-License-Identifier: GPL-2.0-only
// How long a device takes for a command, and how long to poll for a completion.
#pragma once

#include "base/atomic.hh"

namespace owner {

using base::u32;
using base::u64;

/**
 * class PollWindow - polls as long as the device usually takes, if that is short
 *
 * Invariant: while polling is on, the mean follows all completions, also those found by an
 * interrupt. So a device that becomes fast is noticed without polling in vain. A sample weighs an
 * eighth.
 *
 * note() is for one caller at a time; window() may be called in any context.
 */
class PollWindow {
public:
	/// A command took @us. A sample counts as 2 * @limit at most, so that one slow command
	/// does not outweigh many fast ones.
	void note(u64 us, u32 limit)
	{
		const u32 max = 2 * limit;
		const u32 sample = us < max ? static_cast<u32>(us) : max;
		const u32 eighths = eighths_.load();

		eighths_.store(eighths ? eighths - eighths / 8 + sample : 8 * sample);
	}

	/**
	 * window() - how long after its submission to poll for a command
	 * @limit: upper bound, in microseconds
	 *
	 * Return: microseconds.
	 *
	 *	mean			window
	 *	not known		@limit
	 *	at most @limit		twice the mean, at most @limit
	 *	more than @limit	0
	 */
	[[nodiscard]] u32 window(u32 limit) const
	{
		const u32 eighths = eighths_.load();
		const u32 twice = eighths / 4 + 1;

		if (eighths / 8 > limit)
			return 0;
		return eighths && twice < limit ? twice : limit;
	}

private:
	base::Atomic<u32> eighths_{0}; ///< mean in eighths of a microsecond; 0: not known
};

} // namespace owner
