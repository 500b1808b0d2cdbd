// SPDX-License-Identifier: GPL-2.0-only
// What a queue shows of the progress of its device.
#pragma once

#include "base/types.hh"

namespace owner {

using base::u64;

/// The queue at one time. Times are kn_now_us().
struct QueueActivity {
	u64 now_us;
	u64 opened_us;	  ///< the queue accepts commands since
	u64 completed_us; ///< last completion
	u64 silent_us;	  ///< last completion, or when the device became busy
	u64 others_us;	  ///< last completion of any sender but the one that waited
	bool busy;	  ///< the device has commands
	bool starved = false; ///< all slots for requests have orphans, and another sender waits

	/// Whether a busy device completes nothing for so long that it is to be probed.
	/// @timeout_us: of a command
	[[nodiscard]] bool is_silent(u64 timeout_us) const
	{
		return busy && now_us - silent_us >= timeout_us / 4;
	}
};

} // namespace owner
