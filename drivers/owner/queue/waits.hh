// SPDX-License-Identifier: GPL-2.0-only
// Threads that wait for a queue: for their commands, or until it is idle.
#pragma once

#include "owner/queue/device_check.hh"

namespace owner {

/**
 * class Waits - submits commands and waits for them, and waits for an idle queue
 *
 * Invariant: no thread sleeps or polls with the queue's lock. A wait ends at its deadline,
 * whether or not the device, its interrupt, or the watchdog works.
 */
class Waits {
public:
	/// @settings outlives the queue.
	Waits(LockedQueue &queue, DeviceCheck &check, const virtio_owner_settings &settings)
		: queue_(queue), check_(check), settings_(settings)
	{
	}

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

	/// Waits until the device has no command of @scope. Context: may sleep. Return: success
	/// or Error::timed_out.
	[[nodiscard]] Status wait_idle(const Scope &scope, u64 deadline);
	/// Waits until the device has no command at all, while commands are accepted. Context: may
	/// sleep. Return: success; why commands are not accepted; timed_out; interrupted.
	[[nodiscard]] Status wait_ready(u64 deadline);

private:
	/// Not analysed: the poller and has_used() need no lock.
	[[nodiscard]] bool wait(Request &request, bool submitted, u64 deadline) TSA_NO_ANALYSIS;
	[[nodiscard]] bool sleep(Request &request, u64 deadline);
	template <typename Idle>
	Status poll_until(u64 deadline, Idle idle);

	LockedQueue &queue_;
	DeviceCheck &check_;
	const virtio_owner_settings &settings_;
};

} // namespace owner
