// SPDX-License-Identifier: GPL-2.0-only
// When the device last completed commands, and whose.
#pragma once

#include "owner/member.hh"

namespace owner {

/**
 * class Progress - tells a stalled device from a stalled member
 *
 * Invariant: last_us_ is the time of the last completion, and other_us_ the time of the last
 * completion of any sender but last_member_. All times are kn_now_us().
 *
 * Not locked: the caller holds the queue's lock.
 */
class Progress {
public:
	/// The device got a command while no request waited for it.
	void busy(u64 now_us) { busy_us_ = now_us; }

	/// A command was completed. @member is null for the whole group.
	void completed(const Member *member, u64 now_us)
	{
		if (member != last_member_)
			other_us_ = last_us_;
		last_member_ = member;
		last_us_ = now_us;
	}

	/// When the last command was completed.
	[[nodiscard]] u64 completed_us() const { return last_us_; }
	/// Since when a busy device has completed nothing.
	[[nodiscard]] u64 silent_us() const { return last_us_ > busy_us_ ? last_us_ : busy_us_; }

	/// When the last command of any sender but @member was completed.
	[[nodiscard]] u64 others_us(const Member *member) const
	{
		return member == last_member_ ? other_us_ : last_us_;
	}

	/// Drops the reference to a member, because its memory is about to be freed.
	void drop_member() { last_member_ = nullptr; }

private:
	const Member *last_member_ = nullptr;
	u64 last_us_ = 0;
	u64 other_us_ = 0;
	u64 busy_us_ = 0;
};

} // namespace owner
