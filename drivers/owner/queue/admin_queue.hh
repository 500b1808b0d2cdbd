// SPDX-License-Identifier: GPL-2.0-only
// The administration virtqueue: virtio 1.3, 2.13.
#pragma once

#include "kernel/lock.h"
#include "owner/queue/watch.hh"

namespace owner {

/**
 * class AdminQueue - the lock of an admin queue, and waiting for it
 *
 * Invariant: lock_, a leaf that is taken with interrupts off, protects the queue and what
 * members have in it. The parts of the queue know neither the lock nor this class.
 *
 * Functions without another context are for any context.
 */
class AdminQueue {
public:
	/// @recovery is scheduled when the device breaks the queue's rules or asks for a reset.
	/// @settings outlives the queue.
	AdminQueue(Transport &transport, kn_work &recovery, const virtio_owner_settings &settings);

	/// Allocates everything. Parameters, context, and return as SlotTable::init().
	/// Not analysed, as release(): the queue has no other user.
	Status init(kn_pci *pci, u16 ring_size, bool indirect, bool translated)
		TSA_NO_ANALYSIS;
	/// Frees everything, but the memory that the device may still access unless it is @stopped.
	/// Context: may sleep.
	void release(kn_pci *pci, bool stopped) TSA_NO_ANALYSIS;

	/// As RequestQueue::open().
	void start(bool polled);
	/// Accepts commands for members, too: the command list is negotiated (2.12.1.3).
	void admit_members();
	/// As RequestQueue::pause().
	void pause();
	/// As RequestQueue::fail().
	void fail(Error reason);
	/// As RequestQueue::clear().
	void clear(Error reason);

	/**
	 * execute() - submit commands together and wait for their completions
	 * @accesses: one to max_batch; each gets its answer with its completion
	 * @result: gets the result of NOTIFY_INFO
	 * @member: the member they concern, null for the whole group
	 * @patience: how long it may take
	 *
	 * Only the first command may wait for a slot. Later commands that find no free slot are
	 * not submitted. The thread that frees a slot submits the next queued request, so a caller
	 * sleeps at most once. The wait ends early if the task is being killed.
	 *
	 * The device gets the commands in order, and completions are matched by their ids.
	 * Execution in order is the device's duty (2.13.1).
	 *
	 * Status of the outcome:
	 *
	 *	success		all that were submitted have a completion
	 *	again		paused, or a reset; members not admitted; too many requests of @member
	 *			wait
	 *	no_such_address	@member is held or broken
	 *	no_space	no slot in time
	 *	timed_out	no completion before the deadline: an orphan
	 *	interrupted	the task is being killed; may leave orphans
	 *	protocol	the device broke the rules of the queue, or an answer is too long
	 *	io		a PCI error cut the function off
	 *	no_device	the device is gone
	 *
	 * Context: may sleep.
	 */
	[[nodiscard]] Outcome execute(std::span<core::Access> accesses, Bytes result, Member *member,
				      const Patience &patience);

	/// Takes all completions and submits queued requests.
	void process();

	/// As RequestQueue::probe().
	void probe();
	/// As RequestQueue::resume().
	void resume(bool members);
	/// As Accusation::set_aside_oldest().
	u64 set_aside_oldest();
	/// As Accusation::acquit().
	void acquit();

	/// Waits until the device has no command of @scope. Context: may sleep. Return: success
	/// or Error::timed_out.
	[[nodiscard]] Status wait_idle(const Scope &scope, u64 deadline);
	/// Waits until the device has no command at all, while commands are accepted. Context: may
	/// sleep. Return: success; why commands are not accepted; timed_out; interrupted.
	[[nodiscard]] Status wait_ready(u64 deadline);

	/// As RequestQueue::drop_members().
	void drop_members();

	[[nodiscard]] QueueInfo info();

	/// The queue's lock. It also protects members, see struct virtio_owner_member.
	[[nodiscard]] kn_spinlock &lock() TSA_RETURN_CAPABILITY(lock_) { return lock_; }
	/// The sender of commands for @member, or for the whole group if @member is null. Its fields are
	/// to be used as struct Sender says. Not analysed, because this takes the address alone.
	[[nodiscard]] Sender &sender_of(Member *member) TSA_NO_ANALYSIS
	{
		return member ? member->sender : queue_.group();
	}
	/// The queue, to be read under lock().
	[[nodiscard]] const RequestQueue &state() const TSA_REQUIRES(lock_) { return queue_; }

private:
	/// Not analysed: the poller and has_used() need no lock.
	[[nodiscard]] bool wait(Request &request, bool submitted, u64 deadline) TSA_NO_ANALYSIS;
	[[nodiscard]] bool sleep(Request &request, u64 deadline);
	template <typename Idle>
	Status poll_until(u64 deadline, Idle idle);
	void look_for_device();
	[[nodiscard]] bool close_if_opened(u64 opened_us);
	template <typename Step>
	void repeat(Step step);
	static void on_watchdog(void *context);

	Transport &transport_;
	kn_work &recovery_;
	const virtio_owner_settings &settings_;
	kn_spinlock lock_;
	kn_delayed_work watchdog_;
	RequestQueue queue_ TSA_GUARDED_BY(lock_);
	Watch watch_ TSA_GUARDED_BY(lock_);
};

} // namespace owner
