// SPDX-License-Identifier: GPL-2.0-only
// Setting the queue up, stopping and ending it.
#include "kernel/memory.h"
#include "kernel/time.h"
#include "owner/admin_queue.hh"
#include "owner/admin_queue_memory.hh"
#include "owner/lock_guard.hh"

namespace owner {

using base::Error;
using base::Result;

namespace {

constexpr u32 drain_poll_us = 1000;
constexpr u32 drain_polls_per_look = 100;

usize ring_bytes(u16 size, usize alignment)
{
	return (core::SplitRing::bytes(size) + alignment - 1) & ~(alignment - 1);
}

} // namespace

AdminQueue::AdminQueue(Transport &transport, kn_work &recovery,
		       const virtio_owner_settings &settings)
	: transport_(transport), recovery_(recovery), settings_(settings)
{
	kn_spin_init(&lock_, KN_LOCK_QUEUE);
	kn_delayed_work_init(&watch_work_, &AdminQueue::on_watch, this);
}

Status AdminQueue::init(kn_pci *pci, u16 ring_size, bool indirect, bool translated)
{
	const u32 fit = indirect ? ring_size : ring_size / 2u;
	const u32 wanted = base::setting_load(settings_.depth);
	const u16 slots = static_cast<u16>(wanted < fit ? wanted : fit);
	const usize ring = ring_bytes(ring_size, alignof(SlotMemory));

	if (slots == 0)
		return Error::not_supported;
	slots_ = static_cast<Slot *>(kn_alloc(sizeof(Slot) * slots));
	links_ = static_cast<u16 *>(kn_alloc(sizeof(u16) * slots));
	if (!slots_ || !links_ ||
	    kn_dma_alloc(pci, &dma_, ring + sizeof(SlotMemory) * slots, translated)) {
		destroy(pci);
		return Error::no_memory;
	}

	memory_ = reinterpret_cast<SlotMemory *>(static_cast<u8 *>(dma_.memory) + ring);
	memory_address_ = dma_.address + ring;
	ring_size_ = ring_size;
	slot_count_ = slots;
	indirect_ = indirect;
	ring_.init(dma_.memory, dma_.address, ring_size);
	pool_.init(links_, slots);
	dispatch_.init(slots);
	return {};
}

void AdminQueue::destroy(kn_pci *pci)
{
	kn_dma memory = dma_;

	abandon();
	kn_dma_free(pci, &memory);
}

void AdminQueue::abandon()
{
	kn_delayed_work_cancel(&watch_work_);
	dma_ = {};
	memory_ = nullptr;
	kn_free(slots_);
	kn_free(links_);
	slots_ = nullptr;
	links_ = nullptr;
	slot_count_ = 0;
}

QueueAddresses AdminQueue::addresses() const
{
	return {ring_.descriptor_address(), ring_.driver_address(), ring_.device_address()};
}

void AdminQueue::start(bool polled)
{
	SpinGuard guard{lock_};

	polled_.store(polled);
	running_ = true;
	started_us_ = kn_now_us();
}

void AdminQueue::admit_members()
{
	SpinGuard guard{lock_};

	members_admitted_ = running_;
}

void AdminQueue::pause()
{
	SpinGuard guard{lock_};

	running_ = false;
	stopped_for_ = Error::again;
	refuse_all_locked();
}

/// The device no longer has this slot.
void AdminQueue::forget_locked(Slot &slot)
{
	outstanding_--;
	if (slot.group)
		group_outstanding_--;
	if (slot.overdue)
		overdue_--;
	if (!slot.compared)
		others_--;
	if (!slot.request)
		orphans_--;
	if (!slot.member)
		return;
	slot.member->outstanding--;
	if (!slot.request)
		slot.member->orphans--;
}

/// Of a command that was sent; its member may be no more.
void AdminQueue::release_locked(u16 slot)
{
	Slot &entry = slots_[slot];
	SlotSender *const sender =
		entry.group || entry.member ? &sender_of(entry.member) : nullptr;

	entry.sent = false;
	entry.overdue = false;
	entry.member = nullptr;
	entry.request = nullptr;
	pool_.give(slot, sender);
}

/// Ends all waits for answers, for @reason, and for slots.
void AdminQueue::end_all_locked(Error reason)
{
	running_ = false;
	stopped_for_ = reason == Error::no_device ? reason : Error::again;
	refuse_all_locked();
	for (u16 i = 0; i < slot_count_; i++) {
		Slot &slot = slots_[i];
		if (slot.request)
			detach_locked(slot, reason);
	}
}

void AdminQueue::clear_locked(Error reason)
{
	end_all_locked(reason);
	members_admitted_ = false;
	for (u16 i = 0; i < slot_count_; i++) {
		if (!slots_[i].sent)
			continue;
		forget_locked(slots_[i]);
		release_locked(i);
	}
	broken_ = false;
	dispatch_.init(slot_count_); // it may be another device after a reset
	pool_.set_limit(slot_count_);
	if (dma_.memory)
		ring_.clear();
}

void AdminQueue::clear(Error reason)
{
	SpinGuard guard{lock_};

	(void)take_answers_locked(); // and send nothing
	clear_locked(reason);
}

void AdminQueue::fail(Error reason)
{
	SpinGuard guard{lock_};

	end_all_locked(reason);
}

template <typename Idle>
Status AdminQueue::drain_until(u64 deadline, Idle idle)
{
	for (u32 round = 1;; round++) {
		if (round % drain_polls_per_look == 0)
			look();
		{
			SpinGuard guard{lock_};
			(void)harvest_locked();
			if (TRY(idle()))
				return {};
		}
		if (kn_now_ms() >= deadline)
			return Error::timed_out;
		kn_sleep_us(drain_poll_us);
	}
}

Status AdminQueue::drain(const Member &member, u64 deadline)
{
	return drain_until(deadline, [&member] { return Result{member.outstanding == 0}; });
}

Status AdminQueue::drain_group(u64 deadline)
{
	return drain_until(deadline, [this] { return Result{group_outstanding_ == 0}; });
}

Status AdminQueue::drain_all(u64 deadline)
{
	return drain_until(deadline, [this] { return Result{outstanding_ == 0}; });
}

Status AdminQueue::settle(u64 deadline)
{
	return drain_until(deadline, [this]() -> Result<bool> {
		TRY(accepts_locked(nullptr));
		if (kn_killed())
			return Error::interrupted;
		return outstanding_ == 0;
	});
}

bool AdminQueue::stalled(u32 ms)
{
	SpinGuard guard{lock_};
	const u64 since_us = last_answer_us_ > busy_since_us_ ? last_answer_us_ : busy_since_us_;

	return outstanding_ != 0 && kn_now_us() - since_us >= ms * us_per_ms;
}

bool AdminQueue::others_progressed(const Member *member, u64 waiting_us, u64 since_us)
{
	SpinGuard guard{lock_};

	return waiting_us >= started_us_ &&
	       (member == last_answered_ ? last_other_answer_us_ : last_answer_us_) >= since_us;
}

void AdminQueue::forget_members()
{
	SpinGuard guard{lock_};

	for (u16 i = 0; i < slot_count_; i++)
		slots_[i].member = nullptr;
	last_answered_ = nullptr;
}

u16 AdminQueue::current_depth()
{
	SpinGuard guard{lock_};

	return dispatch_.limit();
}

bool AdminQueue::broken()
{
	SpinGuard guard{lock_};

	return broken_;
}

} // namespace owner
