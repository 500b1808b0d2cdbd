// SPDX-License-Identifier: GPL-2.0-only
// The device and its admin queue, from one start of the queue to the next.
#pragma once

#include "owner/command_list.hh"
#include "owner/device.hh"
#include "owner/queue/admin_queue.hh"
#include "owner/recovery.hh"

namespace owner {

/**
 * class Session - starts the queue, and starts it again after a reset
 *
 * Invariant: the epoch grows with each start of the queue. The queue accepts commands from its
 * start on, unless the owner became lost, dead or ended meanwhile: nothing else would stop it
 * then. A reset of the queue alone leaves the command list in force (2.6.1). After a failed start()
 * or restart(), the device has FAILED set, unless it is unreachable or does not confirm a reset.
 *
 * One caller at a time, except for the functions that return parts, and epoch(), deadline().
 */
class Session {
public:
	/// @settings outlives the session. @recovery_work as in AdminQueue.
	Session(kn_pci *pci, const Recovery &recovery, kn_work &recovery_work,
		const virtio_owner_settings &settings)
		: settings_(settings), recovery_(recovery), device_(pci),
		  queue_(device_.transport(), device_.queue_registers(), recovery_work, settings)
	{
	}

	/// Brings device and queue up. @handler: of interrupts, gets @context. Context: may sleep.
	/// Return: success, or the error of the step that failed.
	Status start(kn_irq_handler handler, void *context);
	/// Resets the device and brings it up again, with the same memory. Commands that it had and
	/// did not complete are submitted again, see Documentation/completion.md. Context: may
	/// sleep. Return: as start().
	Status restart(u64 deadline);
	/// Resets the queue alone. Context: may sleep. Return: success, or why only restart() helps.
	Status reset_queue(u64 deadline);
	/// Frees what the device cannot access any more. @stopped: it does no DMA. Context: may
	/// sleep.
	void end(bool stopped);

	[[nodiscard]] OwnerDevice &device() { return device_; }
	[[nodiscard]] Transport &transport() { return device_.transport(); }
	[[nodiscard]] AdminQueue &queue() { return queue_; }
	[[nodiscard]] CommandList &list() { return list_; }
	[[nodiscard]] u32 epoch() const { return epoch_.load(); }
	/// When an access of a guest that starts now has to be over (kn_now_ms()).
	[[nodiscard]] u64 deadline() const;
	/// The setting, which may change at any time.
	[[nodiscard]] const u32 &timeout_ms() const { return settings_.command_timeout_ms; }
	/// The same of an operation of the owner, for which no vCPU waits.
	[[nodiscard]] u64 operation_deadline() const;

private:
	Status bring_up(kn_irq_handler handler, void *context);
	Status bring_up_again(u64 deadline);
	Status enable_queue();
	void start_queue(bool interrupts);

	const virtio_owner_settings &settings_;
	const Recovery &recovery_;
	OwnerDevice device_;
	AdminQueue queue_;
	CommandList list_;
	base::Atomic<u32> epoch_{0};
};

} // namespace owner
