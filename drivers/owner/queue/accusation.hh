// SPDX-License-Identifier: GPL-2.0-only
// The device stands still, and one member may be the cause.
#pragma once

#include "kernel/time.h"
#include "owner/queue/slot_table.hh"

namespace owner {

/**
 * class Accusation - sets the member of the oldest command aside, until the cause is known
 *
 * Invariant: accused_ is the member that was set aside last, or null as soon as that is known to
 * be right or wrong, or the members' memory is about to be freed.
 *
 * Not locked: the caller holds the queue's lock.
 */
class Accusation {
public:
	explicit Accusation(const SlotTable &table) : table_(table) {}

	/// The member of the oldest command in the device gets no commands for a while. Return:
	/// its number, or 0 if there is none.
	u64 set_aside_oldest()
	{
		accused_ = table_.oldest_member();
		if (!accused_)
			return 0;
		accused_->aside.offend(kn_now_us());
		return accused_->id.value();
	}
	/// Takes back what the last set_aside_oldest() did.
	void acquit()
	{
		if (accused_)
			accused_->aside.acquit();
		drop();
	}
	/// Leaves the member as it is.
	void drop() { accused_ = nullptr; }

private:
	const SlotTable &table_;
	Member *accused_ = nullptr;
};

} // namespace owner
