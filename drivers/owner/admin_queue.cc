// SPDX-License-Identifier: GPL-2.0-only
// Life of a command: a slot, the ring, the answer. Waiting is in admin_queue_wait.cc,
// setting up and ending in admin_queue_state.cc.
#include "owner/admin_queue.hh"

#include "kernel/time.h"
#include "owner/admin_queue_memory.hh"
#include "owner/lock_guard.hh"

namespace owner {

using base::Bytes;
using base::ConstBytes;
using base::Error;
using base::Result;
using core::AdminAnswer;
using core::AdminCommand;

u16 AdminQueue::head_of(u16 slot) const
{
	return indirect_ ? slot : static_cast<u16>(2 * slot);
}

/// Two descriptors, one for each direction (2.13 asks for that order): in the
/// ring, or in a table of the slot's own.
void AdminQueue::describe(u16 slot, const AdminCommand &command)
{
	const u64 address = address_of(slot);
	const u16 head = head_of(slot);
	const wire::RingDescriptor out = {
		base::Le64{address + offsetof(SlotMemory, readable)},
		base::Le32{static_cast<u32>(command.readable())},
		base::Le16{WIRE_RING_DESC_NEXT},
		base::Le16{static_cast<u16>(indirect_ ? 1 : head + 1)},
	};
	const wire::RingDescriptor in = {
		base::Le64{address + offsetof(SlotMemory, writable)},
		base::Le32{static_cast<u32>(command.writable())},
		base::Le16{WIRE_RING_DESC_WRITE},
		base::Le16{0},
	};

	if (!indirect_) {
		ring_.describe(head, out);
		ring_.describe(static_cast<u16>(head + 1), in);
		return;
	}
	SlotMemory &memory = memory_of(slot);
	memory.indirect[0] = out;
	memory.indirect[1] = in;
	ring_.describe(head, {
		base::Le64{address + offsetof(SlotMemory, indirect)},
		base::Le32{sizeof(memory.indirect)},
		base::Le16{WIRE_RING_DESC_INDIRECT},
		base::Le16{0},
	});
}

Status AdminQueue::accepts_locked(const Member *member) const
{
	if (!running_)
		return stopped_for_;
	if (!member)
		return {};
	if (member->held || member->broken)
		return Error::no_such_address;
	return members_admitted_ ? Status{} : Status{Error::again};
}

Status AdminQueue::sendable_locked(const AdminRequest &request, u64 now_us) const
{
	TRY(accepts_locked(request.member));
	return now_us < request.deadline * us_per_ms ? Status{} : Status{Error::no_space};
}

/// Sends the first command that was not sent yet, in @slot.
void AdminQueue::fill_locked(AdminRequest &request, u16 slot)
{
	const AdminCommand &command = request.commands[request.sent];
	Member *const member = request.member;
	Slot &entry = slots_[slot];

	entry.sent = true;
	entry.group = member == nullptr;
	entry.compared = command.opcode() == core::AdminOpcode::legacy_common_read;
	entry.index = request.sent;
	entry.position = static_cast<u16>(outstanding_ - overdue_ + 1);
	entry.sent_us = request.since_us;
	entry.member = member;
	entry.request = &request;
	request.note_sent(slot);

	SlotMemory &memory = memory_of(slot);
	command.encode(memory.readable);
	// What the device does not write must not be another member's answer.
	constexpr usize most_answers = sizeof(wire::AdminStatus) + core::max_legacy_data;
	base::fill_bytes(Bytes{memory.writable}.first(most_answers), 0);
	if (command.writable() > most_answers)
		base::fill_bytes(Bytes{memory.writable}.subspan(most_answers), 0);
	describe(slot, command);
	if (entry.group)
		group_outstanding_++;
	else
		member->outstanding++;
	(entry.group ? group_commands_ : member->commands)[static_cast<u16>(command.opcode())]++;
	if (outstanding_++ == orphans_)
		busy_since_us_ = entry.sent_us;
	ring_.publish(head_of(slot));
	if (!entry.compared) {
		others_++;
		dispatch_.note_other();
		apply_depth_locked();
	}
}

/// Sends more of a request, as long as there are slots.
void AdminQueue::fill_more_locked(AdminRequest &request)
{
	while (request.sent < request.commands.size() && request.sent < max_batch) {
		const u16 slot = pool_.take(sender_of(request.member));
		if (slot == no_slot)
			return;
		fill_locked(request, slot);
	}
}

/// Under the lock, so that no notification comes after a reset.
void AdminQueue::notify_locked()
{
	if (ring_.wants_notification())
		transport_.notify();
}

/// What is overdue does not count. Where this may raise the limit while requests are queued,
/// the caller serves them.
void AdminQueue::apply_depth_locked()
{
	pool_.set_limit(static_cast<u16>(dispatch_.limit() + overdue_));
}

/// Sends what it can, or queues the request. Whether something was sent.
Result<bool> AdminQueue::send(AdminRequest &request)
{
	SpinGuard guard{lock_};

	request.since_us = kn_now_us();
	TRY(sendable_locked(request, request.since_us));
	SlotSender &sender = sender_of(request.member);
	const u16 slot = pool_.take(sender);
	if (slot == no_slot) {
		if (!pool_.enqueue(request, sender))
			return Error::again;
		wait_locked(request);
		return false;
	}
	wait_locked(request);
	fill_locked(request, slot);
	fill_more_locked(request);
	notify_locked();
	return true;
}

/**
 * Sends what waited for slots that were given back: the first command of each request in the
 * pool's order, and then more of them if there are slots left. Who must not send any more keeps
 * its sender's turn for who may. No answers are taken meanwhile, so this ends, however quick
 * the device is.
 */
void AdminQueue::serve_locked()
{
	SlotWaiter *served = nullptr;
	SlotWaiter **end = &served;

	apply_depth_locked();
	if (!pool_.next())
		return;
	const u64 now_us = kn_now_us();
	while (SlotWaiter *const waiter = pool_.next()) {
		AdminRequest &request = static_cast<AdminRequest &>(*waiter);
		if (const Status status = sendable_locked(request, now_us); !status.ok()) {
			pool_.unlink(request, sender_of(request.member));
			request.refuse(status.error());
			continue;
		}
		pool_.serve();
		request.since_us = now_us;
		fill_locked(request, request.slot);
		request.next = nullptr;
		*end = waiter;
		end = &waiter->next;
	}
	if (!served)
		return;
	for (SlotWaiter *waiter = served; waiter; waiter = waiter->next)
		fill_more_locked(static_cast<AdminRequest &>(*waiter));
	notify_locked();
}

/// Ends all waits for slots. What was not sent yet may be tried again, unless the device
/// is gone.
void AdminQueue::refuse_all_locked()
{
	while (SlotWaiter *const waiter = pool_.dismiss())
		static_cast<AdminRequest &>(*waiter).refuse(stopped_for_);
}

/// Ends the wait for a command that the device has, and goes on having.
void AdminQueue::detach_locked(Slot &slot, Error reason)
{
	AdminRequest &request = *slot.request;

	slot.request = nullptr;
	orphans_++;
	if (slot.member)
		slot.member->orphans++;
	request.settle(slot.index, reason);
}

/// Takes a request back from the queue, for @queued if nothing of it is sent, else for @sent.
/// What was answered before counts.
void AdminQueue::end_wait_locked(AdminRequest &request, Error queued, Error sent)
{
	if (request.queued) {
		pool_.unlink(request, sender_of(request.member));
		request.refuse(queued);
		return;
	}
	// With the last one it is complete, and may be gone.
	u16 left = request.pending;
	for (u16 i = 0; left > 0; i++)
		if (Slot &slot = slots_[request.slots[i]]; slot.request == &request) {
			left--;
			detach_locked(slot, sent);
		}
}

/// Its waiter is being killed. It may be complete by now.
void AdminQueue::give_up(AdminRequest &request)
{
	SpinGuard guard{lock_};

	end_wait_locked(request, Error::interrupted, Error::interrupted);
}

Status AdminQueue::execute(std::span<const AdminCommand> commands, Member *member, u64 deadline,
			   std::span<AdminAnswer> answers, usize &answered, u64 &since_us)
{
	AdminRequest request{commands, answers, member, deadline};
	const Result<bool> sent = send(request);

	answered = 0;
	if (!sent.ok()) {
		since_us = request.since_us;
		return sent.error();
	}
	const bool found = sent.get() && poll(request.done, request.since_us);
	if (!found && !wait(request.done))
		give_up(request);
	answered = request.answered;
	since_us = request.since_us;
	return request.status;
}

void AdminQueue::note_answer_locked(const Member *member, u64 now_us)
{
	if (member != last_answered_)
		last_other_answer_us_ = last_answer_us_;
	last_answered_ = member;
	last_answer_us_ = now_us;
}

Status AdminQueue::finish_locked(const core::SplitRing::Used &used, u64 now_us)
{
	const u32 slot = indirect_ ? used.id : used.id / 2;

	if (slot >= slot_count_ || used.id != head_of(static_cast<u16>(slot)) || !slots_[slot].sent)
		return Error::protocol;

	Slot &entry = slots_[slot];
	note_answer_locked(entry.member, now_us);
	if (entry.compared)
		dispatch_.note(entry.position, now_us - entry.sent_us, others_ == 0, now_us);
	if (const u32 limit = poll_limit())
		answer_time_.note(now_us - entry.sent_us, limit);
	forget_locked(entry);
	if (AdminRequest *const request = entry.request) {
		const usize length = request->commands[entry.index].writable();
		const ConstBytes written = ConstBytes{memory_of(static_cast<u16>(slot)).writable}.first(length);
		request->settle(entry.index, core::decode_answer(written, used.length,
								 request->answers[entry.index]));
	}
	release_locked(static_cast<u16>(slot));
	return {};
}

unsigned AdminQueue::take_answers_locked()
{
	core::SplitRing::Used used;
	unsigned found = 0;

	if (broken_ || !slots_ || !ring_.has_used())
		return 0;
	const u64 now_us = kn_now_us();
	do {
		const Result<bool> taken = ring_.take_used(used, outstanding_);
		if (taken.ok() && !taken.get())
			return found;
		if (!taken.ok() || !finish_locked(used, now_us).ok()) {
			broken_ = true;
			end_all_locked(Error::protocol);
			kn_work_schedule(&recovery_);
			return found;
		}
		found++;
	} while (ring_.has_used());
	return found;
}

unsigned AdminQueue::harvest_locked()
{
	const unsigned found = take_answers_locked();

	serve_locked();
	return found;
}

void AdminQueue::harvest()
{
	SpinGuard guard{lock_};

	(void)harvest_locked();
}

} // namespace owner
