// SPDX-License-Identifier: GPL-2.0-only
// Which command slots are free, and who waits for one.
#pragma once

#include "kernel/types.h"
#include "kernel/wait.h"

namespace owner {

/// Where a slot could be, there is none.
constexpr u16 no_slot = 0xffff;

/**
 * class SlotPool - free slots, reused last in first out, and a queue of waiters
 *
 * A slot that becomes free goes to whoever has waited longest; nobody overtakes
 * and nobody spins. Not locked: the caller is.
 */
class SlotPool {
public:
	/// Somebody who waits; on the stack of the waiting function.
	struct Waiter {
		Waiter *next = nullptr;
		u16 slot = no_slot;   ///< what it got
		bool woken = false; ///< no longer in the queue
		kn_completion ready;
	};

	/// @next: room for one link a slot. All @count slots are free.
	void init(u16 *next, u16 count);

	/// A free slot, or none.
	[[nodiscard]] u16 take();
	/// Gives a slot back.
	void give(u16 slot);

	void enqueue(Waiter &waiter);
	void unlink(Waiter &waiter);
	/// Wakes all waiters without a slot.
	void wake_all();

private:
	Waiter *pop();

	u16 *next_ = nullptr;
	u16 first_ = no_slot;
	Waiter *head_ = nullptr;
	Waiter *tail_ = nullptr;
};

} // namespace owner
