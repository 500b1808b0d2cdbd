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

void AdminQueue::fill_locked(u16 slot, const AdminCommand &command, Member *member, u64 now_us)
{
	Slot &entry = slots_[slot];

	entry.state = SlotState::sent;
	entry.orphan = false;
	entry.ended = false;
	entry.used = 0;
	entry.sent_us = now_us;
	entry.member = member;
	entry.group = member == nullptr;
	kn_completion_reinit(&entry.done);

	command.encode(memory_of(slot).readable);
	// What the device does not write must not be another member's answer.
	base::fill_bytes(Bytes{memory_of(slot).writable}.first(command.writable()), 0);
	describe(slot, command);
	if (entry.group)
		group_outstanding_++;
	else
		member->outstanding++;
	(entry.group ? group_commands_ : member->commands)[static_cast<u16>(command.opcode())]++;
	if (outstanding_++ == orphans_)
		busy_since_us_ = now_us;
	ring_.publish(head_of(slot));
}

/// Sends as many as there are slots, the first of which the caller has; how many.
Result<usize> AdminQueue::send_locked(std::span<const AdminCommand> commands, Member *member,
				      u64 deadline, u16 (&slots)[max_batch], u64 &since_us)
{
	usize count = 0;

	since_us = kn_now_us();
	if (since_us >= deadline * us_per_ms) {
		release_locked(slots[0], &sender_of(member));
		return Error::no_space;
	}
	do {
		fill_locked(slots[count], commands[count], member, since_us);
		count++;
	} while (count < commands.size() && count < max_batch &&
		 (slots[count] = pool_.take(sender_of(member))) != no_slot);
	// Under the lock, so that no notification comes after a reset.
	if (ring_.wants_notification())
		transport_.notify();
	return count;
}

/// Waits for a slot if there is none, and sends in it and in what others there are.
Result<usize> AdminQueue::send(std::span<const AdminCommand> commands, Member *member,
			       u64 deadline, u16 (&slots)[max_batch], u64 &since_us)
{
	SlotSender &sender = sender_of(member);
	SlotWaiter waiter;

	{
		SpinGuard guard{lock_};
		TRY(accepts_locked(member));
		slots[0] = pool_.take(sender);
		if (slots[0] != no_slot)
			return send_locked(commands, member, deadline, slots, since_us);
		pool_.enqueue(waiter, sender);
	}

	since_us = kn_now_us();
	const int woken = wait(waiter.ready, deadline);

	SpinGuard guard{lock_};
	slots[0] = waiter.slot;
	if (!waiter.woken)
		pool_.unlink(waiter, sender);
	else if (waiter.slot != no_slot && woken > 0 && accepts_locked(member).ok())
		return send_locked(commands, member, deadline, slots, since_us);
	else if (waiter.slot != no_slot)
		release_locked(waiter.slot, &sender);

	if (woken < 0)
		return Error::interrupted;
	TRY(accepts_locked(member));
	return woken > 0 ? Error::again : Error::no_space; // woken by a pause that is over
}

Result<AdminAnswer> AdminQueue::collect(u16 slot, const AdminCommand &command, int woken)
{
	u8 written[core::max_writable];
	u32 used;

	{
		SpinGuard guard{lock_};
		Slot &entry = slots_[slot];

		if (entry.state == SlotState::sent) {
			entry.orphan = true;
			orphans_++;
			if (entry.member)
				entry.member->orphans++;
			if (entry.ended)
				return entry.reason;
			return woken < 0 ? Error::interrupted : Error::timed_out;
		}
		if (entry.ended) {
			const Error reason = entry.reason;
			release_locked(slot);
			return reason;
		}
		used = entry.used;
		// Once, and before the slot is anybody else's.
		base::copy_bytes(written, ConstBytes{memory_of(slot).writable}.first(command.writable()));
		release_locked(slot);
	}
	return core::decode_answer(ConstBytes{written, command.writable()}, used);
}

Status AdminQueue::execute(std::span<const AdminCommand> commands, Member *member, u64 deadline,
			   std::span<AdminAnswer> answers, usize &answered, u64 &since_us)
{
	u16 slots[max_batch];
	Status status;

	answered = 0;
	const usize count = TRY(send(commands, member, deadline, slots, since_us));
	// All of them, for each slot needs an owner: the device, or nobody.
	for (usize i = 0; i < count; i++) {
		const Result<AdminAnswer> answer =
			collect(slots[i], commands[i],
				wait_for_answer(slots_[slots[i]].done, since_us, deadline));
		if (!status.ok())
			continue;
		if (answer.ok())
			answers[answered++] = answer.get();
		else
			status = answer.error();
	}
	return status;
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

	if (slot >= slot_count_ || used.id != head_of(static_cast<u16>(slot)) ||
	    slots_[slot].state != SlotState::sent)
		return Error::protocol;

	Slot &entry = slots_[slot];
	note_answer_locked(entry.member, now_us);
	if (const u32 limit = poll_limit())
		answer_time_.note(now_us - entry.sent_us, limit);
	forget_locked(entry);
	if (entry.orphan) {
		release_locked(static_cast<u16>(slot));
		return {};
	}
	entry.state = SlotState::returned;
	entry.used = used.length;
	kn_complete(&entry.done);
	return {};
}

unsigned AdminQueue::harvest_locked()
{
	core::SplitRing::Used used;
	unsigned found = 0;

	if (broken_ || !slots_ || !ring_.has_used())
		return 0;
	const u64 now_us = kn_now_us();
	for (;;) {
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
	}
}

void AdminQueue::harvest()
{
	SpinGuard guard{lock_};

	(void)harvest_locked();
}

} // namespace owner
