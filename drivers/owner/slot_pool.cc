// SPDX-License-Identifier: GPL-2.0-only
#include "owner/slot_pool.hh"

namespace owner {

using Place = SlotSender::Place;

/// Most belong to one of the ends, having just been served or after a rest; who was woken
/// with others comes back near the end.
void SlotPool::Line::insert(SlotSender &sender)
{
	SlotSender *before = tail_;

	if (head_ && head_->served > sender.served)
		before = nullptr;
	while (before && before->served > sender.served)
		before = before->previous;
	sender.previous = before;
	sender.next = before ? before->next : head_;
	(before ? before->next : head_) = &sender;
	(sender.next ? sender.next->previous : tail_) = &sender;
}

void SlotPool::Line::remove(SlotSender &sender)
{
	(sender.previous ? sender.previous->next : head_) = sender.next;
	(sender.next ? sender.next->previous : tail_) = sender.previous;
}

void SlotPool::init(u16 *next, u16 count)
{
	const u16 quarter = count / 4;

	next_ = next;
	first_ = no_slot;
	used_ = 0;
	limit_ = count;
	for (u16 slot = count; slot-- > 0;) {
		next_[slot] = first_;
		first_ = slot;
	}
	share_ = quarter == 0 ? u16{1} : quarter < most_share ? quarter : most_share;
}

SlotPool::Line &SlotPool::line_of(Place place)
{
	return lines_[static_cast<u8>(place) - static_cast<u8>(Place::turn)];
}

const SlotPool::Line &SlotPool::line_of(Place place) const
{
	return lines_[static_cast<u8>(place) - static_cast<u8>(Place::turn)];
}

/// Gives a sender that has waiters its place.
void SlotPool::settle(SlotSender &sender)
{
	sender.place = sender.slots >= share_ ? Place::full : Place::turn;
	line_of(sender.place).insert(sender);
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
	used_++;
	sender.slots++;
	sender.served = grants_++;
	return slot;
}

u16 SlotPool::take(SlotSender &sender)
{
	return exhausted() || sender.slots >= share_ ? no_slot : grant(sender);
}

SlotWaiter *SlotPool::pop(SlotSender &sender)
{
	SlotWaiter *const waiter = sender.head;

	sender.head = waiter->next;
	if (!sender.head)
		sender.tail = nullptr;
	sender.waiting--;
	waiter->queued = false;
	return waiter;
}

SlotWaiter *SlotPool::next() const
{
	const SlotSender *const sender = line_of(Place::turn).head();

	return exhausted() || !sender ? nullptr : sender->head;
}

void SlotPool::serve()
{
	SlotSender &sender = *line_of(Place::turn).head();

	leave(sender);
	SlotWaiter *const waiter = pop(sender);
	waiter->slot = grant(sender);
	if (sender.head)
		settle(sender);
}

void SlotPool::give(u16 slot, SlotSender *sender)
{
	next_[slot] = first_;
	first_ = slot;
	used_--;
	if (sender)
		sender->slots--;
	if (sender && sender->place == Place::full) {
		leave(*sender);
		settle(*sender);
	}
}

bool SlotPool::enqueue(SlotWaiter &waiter, SlotSender &sender)
{
	if (sender.waiting == most_waiting)
		return false;
	sender.waiting++;
	waiter.queued = true;
	(sender.tail ? sender.tail->next : sender.head) = &waiter;
	sender.tail = &waiter;
	if (sender.place == Place::none)
		settle(sender);
	return true;
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
	sender.waiting--;
	waiter.queued = false;
	if (!sender.head)
		leave(sender);
}

SlotWaiter *SlotPool::dismiss()
{
	for (Line &line : lines_)
		if (SlotSender *const sender = line.head()) {
			SlotWaiter *const waiter = pop(*sender);
			if (!sender->head)
				leave(*sender);
			return waiter;
		}
	return nullptr;
}

} // namespace owner
