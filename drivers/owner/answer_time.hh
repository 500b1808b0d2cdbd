// SPDX-License-Identifier: GPL-2.0-only
// How long a device takes to answer, and how long to look for an answer before sleeping.
#pragma once

#include "base/atomic.hh"

namespace owner {

using base::u32;
using base::u64;

/**
 * class AnswerTime - a mean of the times between a command and its answer
 *
 * An answer weighs an eighth. It is fed by all answers, those that an interrupt brought,
 * too: so it notices that a device became quick, and nobody has to look in vain to find
 * out. note() is for one caller at a time.
 */
class AnswerTime {
public:
	/// An answer came after @us. More than twice @limit is too long, however much: a late
	/// answer must not outweigh many that are quick.
	void note(u64 us, u32 limit)
	{
		const u32 most = 2 * limit;
		const u32 sample = us < most ? static_cast<u32>(us) : most;
		const u32 eighths = eighths_.load();

		eighths_.store(eighths ? eighths - eighths / 8 + sample : 8 * sample);
	}

	/**
	 * window() - how long after sending to look for the answer
	 * @limit: at most so long
	 *
	 * Twice the mean, as answers come a bit earlier or later. Return: microseconds; 0, if
	 * the answer is likely to take longer than @limit; @limit, if nothing is known.
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
	base::Atomic<u32> eighths_{0}; ///< of microseconds; 0: nothing known
};

} // namespace owner
