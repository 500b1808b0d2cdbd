// SPDX-License-Identifier: GPL-2.0-only
// Messages about an owner that does not work.
#pragma once

#include "kernel/log.h"
#include "owner/recovery_table.hh"

namespace owner {

/// Time between two messages about stalls that last.
constexpr u64 stall_message_ms = 60000;

/**
 * class StallLog - one message when a stall begins, one a minute, and one when it ends
 *
 * Invariant: two messages of a begin or a minute are stall_message_ms apart, and each has one end at
 * most. So a device that stalls again and again writes no more than one that stalls for long.
 *
 * One caller at a time. Times are kn_now_ms().
 */
class StallLog {
public:
	/// The owner of @pci is in @state, after so many @tries.
	void note(kn_pci *pci, State state, u32 tries, u64 now_ms)
	{
		if (state == State::live && since_ms_) {
			if (written_)
				kn_warn(pci, "completes commands again, after %llu s", seconds(now_ms));
			since_ms_ = 0;
			written_ = false;
		}
		if (state != State::stalled)
			return;
		if (!since_ms_)
			since_ms_ = now_ms;
		if (written_ms_ && now_ms - written_ms_ < stall_message_ms)
			return;
		written_ms_ = now_ms;
		written_ = true;
		kn_warn(pci, "completes no commands: %u tries in %llu s, and tries go on", tries,
			seconds(now_ms));
	}

private:
	[[nodiscard]] unsigned long long seconds(u64 now_ms) const
	{
		return (now_ms - since_ms_) / 1000;
	}

	u64 since_ms_ = 0; ///< begin of the stall; 0: there is none
	u64 written_ms_ = 0; ///< last message about a stall that lasts; 0: none
	bool written_ = false; ///< about the present stall
};

} // namespace owner
