// SPDX-License-Identifier: GPL-2.0-only
// What a queue shows of the progress of its device.
#pragma once

#include "kernel/types.h"

namespace owner {

/// The queue at one time. Times are kn_now_us().
struct QueueActivity {
	u64 now_us;
	u64 opened_us;	  ///< the queue accepts commands since
	u64 completed_us; ///< last completion
	u64 silent_us;	  ///< last completion, or when the device became busy
	u64 others_us;	  ///< last completion of any sender but the one that waited
	bool busy;	  ///< the device has commands
};

} // namespace owner
