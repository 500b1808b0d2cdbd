// SPDX-License-Identifier: GPL-2.0-only
// Messages about an owner that does not work.
#pragma once

#include "kernel/log.h"
#include "owner/recovery_table.hh"

namespace owner {

/// Time between two messages about one stall.
constexpr u64 stall_message_ms = 60000;

/**
 * class StallLog - one message when a stall begins, one a minute, and one when it ends
 *
 * One caller at a time. Times are kn_now_ms().
 */
class StallLog {
public:
	/// The owner of @pci is in @state, after so many @tries.
	void note(kn_pci *pci, State state, u32 tries, u64 now_ms)
	{
		if (state == State::live && since_ms_) {
			kn_warn(pci, "completes commands again, after %llu s", seconds(now_ms));
			since_ms_ = 0;
		}
		if (state != State::stalled)
			return;
		if (!since_ms_)
			since_ms_ = now_ms;
		else if (now_ms - written_ms_ < stall_message_ms)
			return;
		written_ms_ = now_ms;
		kn_warn(pci, "completes no commands: %u tries in %llu s, and tries go on", tries,
			seconds(now_ms));
	}

private:
	[[nodiscard]] unsigned long long seconds(u64 now_ms) const
	{
		return (now_ms - since_ms_) / 1000;
	}

	u64 since_ms_ = 0; ///< begin of the stall; 0: there is none
	u64 written_ms_ = 0;
};

} // namespace owner
