// SPDX-License-Identifier: GPL-2.0-only
#include "owner/slot_pool.hh"

namespace owner {

void SlotPool::init(u16 *next, u16 count)
{
	next_ = next;
	first_ = no_slot;
	for (u16 slot = count; slot-- > 0;) {
		next_[slot] = first_;
		first_ = slot;
	}
}

u16 SlotPool::take()
{
	const u16 slot = first_;

	if (slot != no_slot)
		first_ = next_[slot];
	return slot;
}

void SlotPool::give(u16 slot)
{
	if (Waiter *waiter = pop()) {
		waiter->slot = slot;
		kn_complete(&waiter->ready);
		return;
	}
	next_[slot] = first_;
	first_ = slot;
}

void SlotPool::enqueue(Waiter &waiter)
{
	kn_completion_init(&waiter.ready);
	(tail_ ? tail_->next : head_) = &waiter;
	tail_ = &waiter;
}

SlotPool::Waiter *SlotPool::pop()
{
	Waiter *const waiter = head_;

	if (!waiter)
		return nullptr;
	head_ = waiter->next;
	if (!head_)
		tail_ = nullptr;
	waiter->woken = true;
	return waiter;
}

void SlotPool::unlink(Waiter &waiter)
{
	Waiter *before = nullptr;

	for (Waiter *at = head_; at; before = at, at = at->next) {
		if (at != &waiter)
			continue;
		(before ? before->next : head_) = waiter.next;
		if (tail_ == &waiter)
			tail_ = before;
		return;
	}
}

void SlotPool::wake_all()
{
	while (Waiter *waiter = pop())
		kn_complete(&waiter->ready);
}

} // namespace owner
