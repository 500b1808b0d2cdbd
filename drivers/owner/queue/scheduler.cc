// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/scheduler.hh"

namespace owner {

using Place = SlotSender::Place;

/// A sender that was just served belongs at the tail, and one that was idle at the head. So the
/// search from the tail is short.
void Scheduler::Line::insert(SlotSender &sender)
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

void Scheduler::Line::remove(SlotSender &sender)
{
	(sender.previous ? sender.previous->next : head_) = sender.next;
	(sender.next ? sender.next->previous : tail_) = sender.previous;
}

void Scheduler::init(u16 *links, u16 count)
{
	const u16 quarter = count / 4;

	next_ = links;
	first_ = no_slot;
	used_ = 0;
	limit_ = count;
	for (u16 slot = count; slot-- > 0;) {
		next_[slot] = first_;
		first_ = slot;
	}
	share_ = quarter == 0 ? u16{1} : quarter < max_share ? quarter : max_share;
}

/// Gives its place to a sender with queued requests.
void Scheduler::enter(SlotSender &sender)
{
	sender.place = sender.slots >= share_ ? Place::full : Place::turn;
	lines_[line_of(sender.place)].insert(sender);
}

void Scheduler::leave(SlotSender &sender)
{
	if (sender.place == Place::none)
		return;
	lines_[line_of(sender.place)].remove(sender);
	sender.place = Place::none;
}

SlotWaiter *Scheduler::pop(SlotSender &sender)
{
	SlotWaiter *const waiter = sender.head;

	sender.head = waiter->next;
	if (!sender.head)
		sender.tail = nullptr;
	sender.waiting--;
	waiter->queued = false;
	return waiter;
}

SlotWaiter *Scheduler::next() const
{
	const SlotSender *const sender = lines_[line_of(Place::turn)].head();

	return exhausted() || !sender ? nullptr : sender->head;
}

u16 Scheduler::serve()
{
	SlotSender &sender = *lines_[line_of(Place::turn)].head();

	leave(sender);
	(void)pop(sender);
	const u16 slot = grant(sender);
	if (sender.head)
		enter(sender);
	return slot;
}

/// A sender at its limit got a slot back.
void Scheduler::readmit(SlotSender &sender)
{
	leave(sender);
	enter(sender);
}

bool Scheduler::enqueue(SlotWaiter &waiter, SlotSender &sender)
{
	if (sender.waiting == max_waiting)
		return false;
	sender.waiting++;
	waiter.queued = true;
	(sender.tail ? sender.tail->next : sender.head) = &waiter;
	sender.tail = &waiter;
	if (sender.place == Place::none)
		enter(sender);
	return true;
}

void Scheduler::unlink(SlotWaiter &waiter, SlotSender &sender)
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

SlotWaiter *Scheduler::dismiss()
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
