// SPDX-License-Identifier: GPL-2.0-only
// A queue of requests with its lock.
#pragma once

#include "core/lock_guard.hh"
#include "owner/queue/watch.hh"

namespace owner {

/**
 * struct LockedQueue - a queue, its watch, and the lock of both
 *
 * Invariant: lock, a leaf that is taken with interrupts off, protects the queue and what members
 * have in it. The parts of the queue do not know the lock.
 */
struct LockedQueue {
	/// Parameters as of RequestQueue and Watch.
	LockedQueue(QueueRegisters &registers, kn_work &recovery, kn_delayed_work &work,
		    const virtio_owner_settings &settings)
		: requests(registers, recovery, settings), watch(requests, work, recovery, settings)
	{
		kn_spin_init(&lock, KN_LOCK_QUEUE);
	}

	kn_spinlock lock;
	RequestQueue requests TSA_GUARDED_BY(lock);
	Watch watch TSA_GUARDED_BY(lock);

	/// Takes all completions and submits queued requests.
	void process()
	{
		core::SpinGuard guard{lock};

		(void)requests.process();
	}
	/// The sender of commands for @member, or for the whole group if @member is null. Its fields
	/// are to be used as struct Sender says. Not analysed, because this takes the address alone.
	[[nodiscard]] Sender &sender_of(Member *member) TSA_NO_ANALYSIS
	{
		return member ? member->sender : requests.group();
	}

	/// Calls @step under the lock until it returns false. Others get the lock in between: what
	/// concerns all requests takes long.
	template <typename Step>
	void repeat(Step step)
	{
		for (;;) {
			core::SpinGuard guard{lock};
			if (!step())
				return;
		}
	}
};

} // namespace owner
