// SPDX-License-Identifier: GPL-2.0-only
// When to look after those who wait for a queue.
#pragma once

#include "kernel/types.h"

namespace owner {

/**
 * class Watch - how long one timer runs that is for all who wait
 *
 * It ends once a slice, and before each deadline. Who waits mostly has an answer long before,
 * and neither sets nor stops a timer: one that runs is left running. Not locked: the caller is.
 */
class Watch {
public:
	/**
	 * cover() - somebody waits
	 * @now_us: kn_now_us()
	 * @deadline: until then at most, kn_now_ms()
	 *
	 * Return: for how many milliseconds the timer is to be started, whether it runs or not;
	 * 0 if it ends soon enough.
	 */
	[[nodiscard]] base::u32 cover(base::u64 now_us, base::u64 deadline)
	{
		return deadline <= end_ms_ ? start(now_us / 1000, deadline) : 0;
	}

	/// The timer has ended.
	void ended() { end_ms_ = ~base::u64{0}; }

private:
	/// So that there are some looks before the end, also of a short time.
	base::u32 start(base::u64 now_ms, base::u64 deadline)
	{
		constexpr base::u64 slice_ms = 100;
		const base::u64 half = now_ms < deadline ? (deadline - now_ms + 1) / 2 : 1;
		const base::u64 ms = half < slice_ms ? half : slice_ms;

		end_ms_ = now_ms + ms;
		return static_cast<base::u32>(ms);
	}

	base::u64 end_ms_ = ~base::u64{0}; ///< when the timer ends, if it runs
};

} // namespace owner
