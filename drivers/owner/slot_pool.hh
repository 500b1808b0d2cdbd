// SPDX-License-Identifier: GPL-2.0-only
// Which command slots are free, who waits for one, and whose turn is next.
#pragma once

#include "kernel/types.h"

namespace owner {

/// Where a slot could be, there is none.
constexpr u16 no_slot = 0xffff;

/// Slots that one sender may have at most; and at most a quarter of all.
constexpr u16 most_share = 8;

/// What one sender may have waiting: as many as a guest has processors that ring a doorbell
/// at once. More would make work for who ends them all, with interrupts off.
constexpr u16 most_waiting = 64;

/// What waits for a slot. The pool's while it is queued.
struct SlotWaiter {
	SlotWaiter *next = nullptr;
	u16 slot = no_slot; ///< what it got
	bool queued = false;
};

/**
 * struct SlotSender - one who sends commands: a member, or the owner for the group
 *
 * All zero at first; SlotPool's business after that.
 */
struct SlotSender {
	enum class Place : u8 {
		none, ///< nothing waits
		turn, ///< waits for its turn
		full, ///< has its share of slots
	};

	SlotWaiter *head;
	SlotWaiter *tail;
	SlotSender *next; ///< at its place
	SlotSender *previous;
	u64 served;  ///< number of its last grant
	u16 slots;   ///< that it has
	u16 waiting; ///< for one
	Place place;
};

/**
 * class SlotPool - free slots, reused last in first out, and who gets the next one
 *
 * Of the senders with commands that wait the one is next that was served longest ago; a
 * sender's own commands are served in order of arrival. So the busy take turns, who was
 * quiet goes ahead, and of each other sender at most one command is served before a
 * sender's next one. Who gives slots back asks for whom they are, and acts for those. Not
 * locked: the caller is.
 */
class SlotPool {
public:
	/// @next: room for one link a slot. All @count slots are free.
	void init(u16 *next, u16 count);

	/// Gives no slot while so many or more are in use. next() belongs behind it.
	void set_limit(u16 limit) { limit_ = limit; }

	/// A free slot, or none if there is none for @sender now. Nobody waits for what
	/// next() left.
	[[nodiscard]] u16 take(SlotSender &sender);
	/// Gives a slot back; @sender may be null if it is no more. next() belongs behind it.
	void give(u16 slot, SlotSender *sender);
	/// Who is next, still queued; null if there is no slot for anybody who waits.
	[[nodiscard]] SlotWaiter *next() const;
	/// Gives next() its slot; it is no longer queued.
	void serve();

	/// False if too many of @sender wait.
	[[nodiscard]] bool enqueue(SlotWaiter &waiter, SlotSender &sender);
	void unlink(SlotWaiter &waiter, SlotSender &sender);
	/// Somebody who waits, no longer queued and without a slot; null if nobody does.
	[[nodiscard]] SlotWaiter *dismiss();

	/// Slots that one sender may have.
	[[nodiscard]] u16 share() const { return share_; }

private:
	/// Senders, in the order in which they were served last.
	class Line {
	public:
		[[nodiscard]] SlotSender *head() const { return head_; }
		void insert(SlotSender &sender);
		void remove(SlotSender &sender);

	private:
		SlotSender *head_ = nullptr;
		SlotSender *tail_ = nullptr;
	};

	[[nodiscard]] bool exhausted() const { return first_ == no_slot || used_ >= limit_; }
	[[nodiscard]] Line &line_of(SlotSender::Place place);
	[[nodiscard]] const Line &line_of(SlotSender::Place place) const;
	void settle(SlotSender &sender);
	void leave(SlotSender &sender);
	SlotWaiter *pop(SlotSender &sender);
	u16 grant(SlotSender &sender);

	u16 *next_ = nullptr;
	u16 first_ = no_slot;
	u16 share_ = 1;
	u16 used_ = 0;
	u16 limit_ = 0;
	u64 grants_ = 1; ///< so that who was never served was served before
	Line lines_[2];	 ///< of turn and full
};

} // namespace owner
