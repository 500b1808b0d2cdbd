// SPDX-License-Identifier: GPL-2.0-only
// The parts of an admin queue put together.
#pragma once

#include "kernel/work.h"
#include "owner/exports.h"
#include "owner/queue/accusation.hh"
#include "owner/queue/activity.hh"
#include "owner/queue/completions.hh"
#include "owner/queue/poller.hh"
#include "owner/queue/probe.hh"

namespace owner {

/// What a queue is like.
struct QueueInfo {
	QueueAddresses addresses;
	u16 ring_size;
	u16 depth;	     ///< slots: commands in the device at most
	u16 current_depth;   ///< dispatch depth
	u16 share;	     ///< in-flight limit of one member
	bool indirect;
	bool translated;     ///< DMA addresses, else physical ones
	bool polled;	     ///< waiters poll, as there is no interrupt
	u64 lost_interrupts; ///< completions that the watchdog found: an upper bound
	u64 polled_answers;  ///< completions that a poller found
	u32 orphans;	     ///< of members
	Totals totals;
};

/// What ends when a queue is closed.
enum class Ending : u8 {
	queued,	 ///< queued requests; commands in flight are not affected
	pending, ///< all requests; commands in flight become orphans
	/// All requests, and all slots are freed: only after a confirmed reset, or when the device is
	/// gone. Completions that came before it count, so that their commands are not repeated.
	slots,
};

/// Some of the commands in the device.
struct Scope {
	enum class What : u8 { all, closed, member } what; ///< closed: of no open member
	const Member *member = nullptr; ///< of What::member
};

/**
 * class RequestQueue - an admin queue without its lock
 *
 * Invariant: between two calls no queued request could be submitted, and the device is notified of
 * all that was.
 *
 * Not locked: the caller holds the queue's lock, except for init() and release().
 */
class RequestQueue {
public:
	/// @recovery is scheduled when the device breaks the queue's rules, or completes a command
	/// after a probe. @settings outlives the queue.
	RequestQueue(QueueRegisters &registers, kn_work &recovery,
		     const virtio_owner_settings &settings);

	/// Parameters, context, and return as SlotTable::init().
	Status init(kn_pci *pci, u16 ring_size, bool indirect, bool translated);
	/// Frees everything, but the memory that the device may still access unless it is @stopped.
	void release(kn_pci *pci, bool stopped)
	{
		if (stopped)
			table_.destroy(pci);
		else
			table_.abandon();
	}

	/// Accepts commands for the whole group. @polled: the queue has no interrupt.
	void open(bool polled);
	void admit_members() { gate_.admit_members(); }
	/// Accepts no more commands, because the function does not answer, if commands are accepted
	/// since @opened_us. Return: whether they were.
	[[nodiscard]] bool lose(u64 opened_us)
	{
		if (!gate_.is_open() || gate_.opened_us() != opened_us)
			return false;
		gate_.close(Error::no_device);
		return true;
	}
	/// Accepts no more commands, and ends with @reason what @ending says. Return: whether it has
	/// to be called again, because one call ends max_refused queued requests at most.
	[[nodiscard]] bool close(Ending ending, Error reason);

	/// As Dispatcher::submit().
	[[nodiscard]] base::Result<bool> submit(Request &request);
	/// As Probe::submit(). The next completion schedules the recovery.
	void probe();
	/// Accepts commands again, of members if @members, whether or not it was closed.
	void resume(bool members);

	/// Ends @request, because its task is being killed.
	void kill(Request &request)
	{
		dispatcher_.withdraw(request, Error::interrupted, Error::interrupted);
	}
	/// Ends @request, whose deadline is over at @now_us.
	void time_out(Request &request, u64 now_us);

	/// Takes all completions and submits queued requests. Return: how many completions.
	unsigned process();
	/// Looks for completions without an interrupt, and for overdue commands.
	void inspect();
	/// Drops all references to members, because their memory is about to be freed. Accepts no
	/// commands for members until admit_members().
	void drop_members();

	[[nodiscard]] bool is_idle(const Scope &scope) const;
	[[nodiscard]] QueueInfo info() const;
	/// @member is the sender to which others are compared, null for the group.
	[[nodiscard]] QueueActivity activity(const Member *member) const;
	[[nodiscard]] const Gate &gate() const { return gate_; }
	[[nodiscard]] const Progress &progress() const { return progress_; }
	[[nodiscard]] Accusation &accusation() { return accusation_; }
	[[nodiscard]] Sender &group() { return group_; }
	/// Polls without the lock.
	[[nodiscard]] Poller &poller() { return poller_; }
	/// As CommandRing::has_used(), without the lock.
	[[nodiscard]] bool has_used() const { return table_.ring().has_used(); }

private:
	unsigned take();
	void notify();

	QueueRegisters &registers_;
	kn_work &recovery_;
	const virtio_owner_settings &settings_;
	SlotTable table_;
	Scheduler scheduler_;
	DispatchDepth depth_;
	Gate gate_;
	Progress progress_;
	Sender group_ = {}; ///< commands for the whole group
	Accusation accusation_{table_};
	Poller poller_;
	u64 lost_interrupts_ = 0;
	Dispatcher dispatcher_;
	Completions completions_;
	Probe probe_;
};

} // namespace owner
