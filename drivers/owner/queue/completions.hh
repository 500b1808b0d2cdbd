// SPDX-License-Identifier: GPL-2.0-only
// The way of a completion from the used ring to its waiter.
#pragma once

#include "owner/queue/dispatch_depth.hh"
#include "owner/queue/poll_window.hh"
#include "owner/queue/progress.hh"
#include "owner/queue/slot_table.hh"

namespace owner {

/**
 * class Completions - takes completions, copies answers, wakes waiters, and frees slots
 *
 * Invariant: a slot is free as soon as its completion is taken, whether or not its waiter has
 * run. A used entry that names no slot in flight ends process(); the caller must not call it again
 * before the ring is cleared.
 *
 * Not locked: the caller holds the queue's lock.
 */
class Completions {
public:
	Completions(SlotTable &table, Scheduler &scheduler, DispatchDepth &depth,
		    Progress &progress, PollWindow &window)
		: table_(table), scheduler_(scheduler), depth_(depth), progress_(progress),
		  window_(window)
	{
	}

	/**
	 * process() - take all completions
	 * @poll_us: the present setting; 0: times are not needed
	 * @taken: how many there were, also after an error
	 *
	 * The caller must serve the scheduler's next requests afterwards. Return: success, or
	 * Error::protocol if the device broke the rules of the ring.
	 */
	[[nodiscard]] Status process(u32 poll_us, unsigned &taken);

private:
	void complete(const SlotTable::Used &used, u64 now_us, u32 poll_us);
	void complete_orphan(u16 slot);

	SlotTable &table_;
	Scheduler &scheduler_;
	DispatchDepth &depth_;
	Progress &progress_;
	PollWindow &window_;
};

} // namespace owner
