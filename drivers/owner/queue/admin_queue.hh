// SPDX-License-Identifier: GPL-2.0-only
// The administration virtqueue: virtio 1.3, 2.13.
#pragma once

#include "owner/queue/waits.hh"
#include "owner/queue/watch_work.hh"

namespace owner {

/**
 * class AdminQueue - an admin queue as its users see it
 *
 * Invariant: each function takes the queue's lock, and has no other effect than the part of the
 * queue that it names. No part refers to this class.
 *
 * Functions without another context are for any context.
 */
class AdminQueue {
public:
	/// @recovery is scheduled when the device breaks the queue's rules or asks for a reset.
	/// @settings outlives the queue.
	AdminQueue(Transport &transport, QueueRegisters &registers, kn_work &recovery,
		   const virtio_owner_settings &settings)
		: work_(queue_, check_), queue_(registers, recovery, work_.work(), settings),
		  check_(queue_, transport, recovery), waits_(queue_, check_, settings)
	{
	}

	/// Allocates everything. Parameters, context, and return as SlotTable::init().
	/// Not analysed, as release(): the queue has no other user.
	Status init(kn_pci *pci, u16 ring_size, bool indirect, bool translated) TSA_NO_ANALYSIS
	{
		return queue_.requests.init(pci, ring_size, indirect, translated);
	}
	/// Frees everything, but the memory that the device may still access unless it is @stopped.
	/// Context: may sleep.
	void release(kn_pci *pci, bool stopped) TSA_NO_ANALYSIS;

	/// As RequestQueue::open().
	void start(bool polled);
	/// Accepts commands for members, too: the command list is negotiated (2.12.1.3).
	void admit_members();
	/// As RequestQueue::close() with Ending::queued.
	void pause() { close(Ending::queued, Error::again); }
	/// As RequestQueue::close() with Ending::pending.
	void fail(Error reason) { close(Ending::pending, reason); }
	/// As RequestQueue::close() with Ending::slots.
	void clear(Error reason) { close(Ending::slots, reason); }
	/// As RequestQueue::probe().
	void probe();
	/// As RequestQueue::resume().
	void resume(bool members);
	/// As Accusation::set_aside_oldest().
	u64 set_aside_oldest();
	/// As Accusation::acquit().
	void acquit();
	/// As RequestQueue::drop_members().
	void drop_members();
	/// As LockedQueue::process().
	void process() { queue_.process(); }

	/// As Waits::execute(). Context: may sleep.
	[[nodiscard]] Outcome execute(std::span<core::Access> accesses, Bytes result, Member *member,
				      const Patience &patience)
	{
		return waits_.execute(accesses, result, member, patience);
	}
	/// As Waits::wait_idle(). Context: may sleep.
	[[nodiscard]] Status wait_idle(const Scope &scope, u64 deadline)
	{
		return waits_.wait_idle(scope, deadline);
	}
	/// As Waits::wait_ready(). Context: may sleep.
	[[nodiscard]] Status wait_ready(u64 deadline) { return waits_.wait_ready(deadline); }

	[[nodiscard]] QueueInfo info();
	/// The queue's lock. It also protects members, see struct virtio_owner_member.
	[[nodiscard]] kn_spinlock &lock() TSA_RETURN_CAPABILITY(queue_.lock) { return queue_.lock; }
	/// As LockedQueue::sender_of().
	[[nodiscard]] Sender &sender_of(Member *member) { return queue_.sender_of(member); }
	/// The queue, to be read under lock().
	[[nodiscard]] const RequestQueue &state() const TSA_REQUIRES(queue_.lock)
	{
		return queue_.requests;
	}

private:
	void close(Ending ending, Error reason);

	WatchWork work_; // refers to the next two, before they exist
	LockedQueue queue_;
	DeviceCheck check_;
	Waits waits_;
};

} // namespace owner
