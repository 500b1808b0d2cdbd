// SPDX-License-Identifier: GPL-2.0-only
#include "owner/slot_pool.hh"

namespace owner {

using Place = SlotSender::Place;

void SlotPool::Line::append(SlotSender &sender)
{
	sender.next = nullptr;
	(tail_ ? tail_->next : head_) = &sender;
	tail_ = &sender;
}

void SlotPool::Line::remove(SlotSender &sender)
{
	SlotSender *before = nullptr;

	for (SlotSender *at = head_; at; before = at, at = at->next) {
		if (at != &sender)
			continue;
		(before ? before->next : head_) = sender.next;
		if (tail_ == &sender)
			tail_ = before;
		return;
	}
}

void SlotPool::init(u16 *next, u16 count)
{
	const u16 quarter = count / 4;

	next_ = next;
	first_ = no_slot;
	for (u16 slot = count; slot-- > 0;) {
		next_[slot] = first_;
		first_ = slot;
	}
	share_ = quarter == 0 ? u16{1} : quarter < most_share ? quarter : most_share;
}

const SlotPool::Line &SlotPool::line_of(Place place) const
{
	return lines_[static_cast<u8>(place) - static_cast<u8>(Place::first)];
}

SlotPool::Line &SlotPool::line_of(Place place)
{
	return const_cast<Line &>(static_cast<const SlotPool *>(this)->line_of(place));
}

/**
 * Ahead of all turns comes who was served before any of those began to wait, so that
 * a quiet sender does not wait for a round of the busy ones. After that it takes turns.
 * Where nobody does yet, those who go ahead are compared with: else nobody would ever
 * begin to, and the quiet would stand behind the busy.
 */
Place SlotPool::place_for(const SlotSender &sender) const
{
	const SlotSender *const turn = line_of(Place::turn).head();
	const SlotSender *const oldest = turn ? turn : line_of(Place::first).head();

	if (sender.slots >= share_)
		return Place::full;
	return !oldest || sender.served < oldest->since ? Place::first : Place::turn;
}

/// Gives a sender that has waiters its place.
void SlotPool::settle(SlotSender &sender)
{
	sender.place = place_for(sender);
	sender.since = grants_;
	line_of(sender.place).append(sender);
}

void SlotPool::leave(SlotSender &sender)
{
	if (sender.place == Place::none)
		return;
	line_of(sender.place).remove(sender);
	sender.place = Place::none;
}

u16 SlotPool::grant(SlotSender &sender)
{
	const u16 slot = first_;

	first_ = next_[slot];
	sender.slots++;
	sender.served = grants_++;
	return slot;
}

/// Where somebody waits who could have a slot, none is free: give() sees to that.
u16 SlotPool::take(SlotSender &sender)
{
	return first_ == no_slot || sender.slots >= share_ ? no_slot : grant(sender);
}

SlotWaiter *SlotPool::pop(SlotSender &sender)
{
	SlotWaiter *const waiter = sender.head;

	sender.head = waiter->next;
	if (!sender.head)
		sender.tail = nullptr;
	waiter->woken = true;
	return waiter;
}

/// Serves whose turn it is, as long as there are slots.
void SlotPool::serve()
{
	for (;;) {
		SlotSender *const first = line_of(Place::first).head();
		SlotSender *const sender = first ? first : line_of(Place::turn).head();
		if (first_ == no_slot || !sender)
			return;
		leave(*sender);
		SlotWaiter *const waiter = pop(*sender);
		waiter->slot = grant(*sender);
		if (sender->head)
			settle(*sender);
		kn_complete(&waiter->ready);
	}
}

void SlotPool::give(u16 slot, SlotSender *sender)
{
	next_[slot] = first_;
	first_ = slot;
	if (sender)
		sender->slots--;
	if (sender && sender->place == Place::full) {
		leave(*sender);
		settle(*sender);
	}
	serve();
}

void SlotPool::enqueue(SlotWaiter &waiter, SlotSender &sender)
{
	kn_completion_init(&waiter.ready);
	(sender.tail ? sender.tail->next : sender.head) = &waiter;
	sender.tail = &waiter;
	if (sender.place == Place::none)
		settle(sender);
}

void SlotPool::unlink(SlotWaiter &waiter, SlotSender &sender)
{
	SlotWaiter *before = nullptr;

	for (SlotWaiter *at = sender.head; at; before = at, at = at->next) {
		if (at != &waiter)
			continue;
		(before ? before->next : sender.head) = waiter.next;
		if (sender.tail == &waiter)
			sender.tail = before;
		break;
	}
	if (!sender.head)
		leave(sender);
}

void SlotPool::wake_all()
{
	for (Line &line : lines_)
		while (SlotSender *const sender = line.head()) {
			leave(*sender);
			while (sender->head)
				kn_complete(&pop(*sender)->ready);
		}
}

} // namespace owner
