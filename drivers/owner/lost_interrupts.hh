// SPDX-License-Identifier: GPL-2.0-only
// Answers that no interrupt signalled.
#pragma once

#include "kernel/types.h"

namespace owner {

using base::u32;
using base::u64;

/**
 * class LostInterrupts - counts answers whose interrupt does not come
 *
 * Who looks may find an answer while its interrupt is on its way. So what was found counts
 * once no interrupt has come for a while after that. Not locked: the caller is.
 */
class LostInterrupts {
public:
	/// Answers were found at @now_us by who was not called by an interrupt.
	void found(unsigned answers, u64 now_us)
	{
		if (answers == 0)
			return;
		settle(now_us);
		awaited_ += answers;
		found_us_ = now_us;
	}

	/// Whether an interrupt may be one of those that are awaited: then came() is due.
	[[nodiscard]] bool awaits() const { return awaited_ != 0; }

	/// An interrupt came at @now_us, with an answer to what was sent at @sent_us, or 0 if
	/// with none. What was sent only after the look has an interrupt of its own.
	void came(u64 now_us, u64 sent_us)
	{
		if (sent_us > found_us_)
			return;
		settle(now_us);
		awaited_ = 0;
	}

	/// How many there were, ever, as is known at @now_us.
	[[nodiscard]] u64 count(u64 now_us) const { return lost_ + overdue(now_us); }

private:
	[[nodiscard]] u32 overdue(u64 now_us) const
	{
		constexpr u64 patience_us = 50000;

		return now_us - found_us_ >= patience_us ? awaited_ : 0;
	}

	/// What is overdue is lost for good.
	void settle(u64 now_us)
	{
		const u32 lost = overdue(now_us);

		lost_ += lost;
		awaited_ -= lost;
	}

	u64 lost_ = 0;
	u64 found_us_ = 0;
	u32 awaited_ = 0; ///< of those that were found
};

} // namespace owner
