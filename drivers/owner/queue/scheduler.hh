// SPDX-License-Identifier: GPL-2.0-only
// Free command slots, the requests that wait for one, and the order in which they get one.
#pragma once

#include "kernel/types.h"

namespace owner {

/// No slot. No table has as many.
constexpr u16 no_slot = 0xffff;

/// In-flight limit of one sender: a quarter of the slots, at least 1, and at most this.
constexpr u16 max_share = 8;

/// Requests of one sender that may wait: about as many as a guest has processors that ring a
/// doorbell at once. Ending all of them is work with interrupts off.
constexpr u16 max_waiting = 64;

/// A request as the scheduler sees it. Queued means that it waits for its first slot.
struct SlotWaiter {
	SlotWaiter *next = nullptr;
	bool queued = false;
};

/**
 * struct SlotSender - a source of commands: one member, or the owner for the whole group
 *
 * All zero initially. Only Scheduler changes it afterwards.
 */
struct SlotSender {
	enum class Place : u8 {
		none, ///< no request waits
		turn, ///< requests wait for the sender's scheduling turn
		full, ///< requests wait, and the sender is at its in-flight limit
	};

	SlotWaiter *head; ///< requests that wait, in order of arrival
	SlotWaiter *tail;
	SlotSender *next; ///< in the line of its place
	SlotSender *previous;
	u64 served;  ///< number of the sender's last grant
	u16 slots;   ///< slots in use
	u16 waiting; ///< requests that wait
	Place place;
};

/**
 * class Scheduler - gives command slots to senders in turn
 *
 * Invariant: a slot is either free or granted to exactly one sender. No slot is granted while
 * limit_ slots are in use, or to a sender with share() slots. The next slot goes to the waiting
 * sender whose last grant is oldest; requests of one sender keep their order.
 *
 * Not locked: the caller holds the queue's lock.
 */
class Scheduler {
public:
	/// @links: room for @count links. All @count slots are free.
	void init(u16 *links, u16 count);

	/// Sets how many slots may be in use. If this raises the limit, the caller must loop
	/// over next().
	void set_limit(u16 limit) { limit_ = limit; }
	/// In-flight limit of one sender.
	[[nodiscard]] u16 share() const { return share_; }

	/// Returns a free slot for @sender, or no_slot. The caller has emptied next() before.
	[[nodiscard]] u16 take(SlotSender &sender)
	{
		return exhausted() || sender.slots >= share_ ? no_slot : grant(sender);
	}
	/// Frees @slot. @sender is null if it does not exist any more. After give(), the caller
	/// must loop over next() and submit the requests it returns.
	void give(u16 slot, SlotSender *sender)
	{
		next_[slot] = first_;
		first_ = slot;
		used_--;
		if (!sender)
			return;
		sender->slots--;
		if (sender->place == SlotSender::Place::full)
			readmit(*sender);
	}
	/// Returns the request whose turn it is, still queued. Null if none waits or no slot is
	/// free.
	[[nodiscard]] SlotWaiter *next() const;
	/// Returns a slot for the request that next() returned. The request is not queued any more.
	[[nodiscard]] u16 serve();

	/// Whether no slot is free, and a sender below its in-flight limit waits for one.
	[[nodiscard]] bool starved() const
	{
		return first_ == no_slot && lines_[line_of(SlotSender::Place::turn)].head();
	}

	/// Queues @waiter. Returns false if max_waiting requests of @sender wait already.
	[[nodiscard]] bool enqueue(SlotWaiter &waiter, SlotSender &sender);
	/// Removes a queued request.
	void unlink(SlotWaiter &waiter, SlotSender &sender);
	/// Removes and returns any queued request, without a slot. Null if none waits.
	[[nodiscard]] SlotWaiter *dismiss();

private:
	/// Senders in the order of their last grants.
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
	/// Index in lines_ of the senders with @place, which is turn or full.
	[[nodiscard]] static constexpr unsigned line_of(SlotSender::Place place)
	{
		return static_cast<unsigned>(place) - static_cast<unsigned>(SlotSender::Place::turn);
	}
	void enter(SlotSender &sender);
	void leave(SlotSender &sender);
	SlotWaiter *pop(SlotSender &sender);
	void readmit(SlotSender &sender);
	u16 grant(SlotSender &sender)
	{
		const u16 slot = first_;

		first_ = next_[slot];
		used_++;
		sender.slots++;
		sender.served = grants_++;
		return slot;
	}

	u16 *next_ = nullptr;
	u16 first_ = no_slot;
	u16 share_ = 1;
	u16 used_ = 0;
	u16 limit_ = 0;
	u64 grants_ = 1; ///< number of the next grant; a sender without one has 0
	Line lines_[2];	 ///< see line_of()
};

} // namespace owner
