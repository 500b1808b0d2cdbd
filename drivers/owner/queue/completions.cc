// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/completions.hh"

#include "kernel/time.h"

namespace owner {

inline void Completions::complete(const SlotTable::Used &used, u64 now_us, u32 poll_us)
{
	const SlotTable::Slot &slot = table_[used.slot];
	const u64 took_us = now_us - slot.submitted_us;
	Request *const request = slot.request;
	const u16 index = slot.index;

	progress_.completed(slot.member, now_us);
	if (slot.sampled)
		depth_.note(slot.position, took_us, table_.counts().unsampled == 0, now_us);
	if (poll_us)
		window_.note(took_us, poll_us);
	const Status status = request ? table_.read_answer(used) : Status{};
	if (!request) {
		complete_orphan(used.slot);
		return;
	}
	scheduler_.give(used.slot, table_.release(used.slot));
	request->finish(index, status); // its stack may go now
}

/// A member whose last orphan this was works again, late.
void Completions::complete_orphan(u16 slot)
{
	Member *const member = table_[slot].member;

	free_slot(table_, scheduler_, slot);
	if (member && member->orphans == 0)
		(void)member->aside.forgive();
}

Status Completions::process(u32 poll_us, unsigned &taken)
{
	SlotTable::Used used;

	taken = 0;
	if (!table_.size() || !table_.ring().has_used())
		return {};
	const u64 now_us = kn_now_us();
	do {
		if (!TRY(table_.next_used(used)))
			break;
		complete(used, now_us, poll_us);
		taken++;
	} while (table_.ring().has_used());
	return {};
}

} // namespace owner
