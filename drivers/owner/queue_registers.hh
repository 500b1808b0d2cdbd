// SPDX-License-Identifier: GPL-2.0-only
// The queue registers of the owner: virtio 1.3, 4.1.4.3 and 4.1.4.4.
#pragma once

#include "owner/transport.hh"

namespace owner {

using base::Result;

/// Where the device finds the parts of a queue.
struct QueueAddresses {
	u64 descriptors;
	u64 driver;
	u64 device;
};

/**
 * class QueueRegisters - registers of the queues of one function
 *
 * Invariant: each public function selects its queue before it accesses a register of that queue.
 * The notification address is that of the queue that was enabled last.
 *
 * One caller at a time, because the queues share a selector. The transport is mapped.
 */
class QueueRegisters {
public:
	/// @transport outlives the registers.
	QueueRegisters(kn_pci *pci, Transport &transport) : pci_(pci), transport_(transport) {}

	/// Unmaps the notification address, if it is mapped. Transport::unmap() comes later.
	void unmap();

	/// Index of the first admin queue (2.13).
	[[nodiscard]] u16 admin_queue_index() const;
	/// Number of admin queues.
	[[nodiscard]] u16 admin_queue_count() const;

	/// Entries of a queue at most, 0 if there is no such queue.
	[[nodiscard]] u16 queue_size(u16 queue);
	/**
	 * enable_queue() - give a queue its memory and switch it on
	 * @vector: an MSI-X vector, or WIRE_NO_VECTOR
	 *
	 * Return: whether the device accepted @vector; Error::protocol if its
	 * notification address is outside the notify structure.
	 */
	Result<bool> enable_queue(u16 queue, u16 size, const QueueAddresses &addresses, u16 vector);
	/// Resets one queue (2.6.1), which needs VIRTIO_F_RING_RESET. Context and return as
	/// Transport::poll().
	Status reset_queue(u16 queue, u64 deadline);
	/// Notifies the device of the queue that was enabled last. Context: any.
	void notify();

private:
	void select(u16 queue);
	void write64(u32 offset, u64 value);
	Status map_notify(u16 queue);

	kn_pci *pci_;
	Transport &transport_;
	kn_mmio *notify_ = nullptr;
	u16 notify_queue_ = 0;
};

} // namespace owner
