// SPDX-License-Identifier: GPL-2.0-only
// The virtio device of a PF: virtio 1.3, 3.1.1 (initialization, numbered steps).
#pragma once

#include "kernel/irq.h"
#include "owner/queue/request_queue.hh"

namespace owner {

/// Ring entries that are used of a longer queue: enough to keep a device busy.
constexpr u16 max_ring_size = 64;

/**
 * class OwnerDevice - negotiation, interrupts, and DMA of one PF
 *
 * Invariant: the device may do DMA from start() until stop_dma() returns true. From
 * enable_queue() to the end, it interrupts by MSI-X or not at all: its interrupt line is disabled.
 * The layout of the queue's memory follows the features that start() negotiated.
 *
 * One caller at a time, except where a function says otherwise.
 */
class OwnerDevice {
public:
	explicit OwnerDevice(kn_pci *pci)
		: pci_(pci), transport_(pci), registers_(pci, transport_)
	{
	}

	[[nodiscard]] kn_pci *pci() const { return pci_; }
	[[nodiscard]] Transport &transport() { return transport_; }
	[[nodiscard]] QueueRegisters &queue_registers() { return registers_; }
	[[nodiscard]] const core::FunctionLayout &layout() const { return transport_.layout(); }

	/// Steps 1 to 6, and the search for the admin queue. Context: may sleep. Return: success;
	/// Error::not_supported for a device without an admin queue; the error of the step.
	Status start(u64 deadline);
	/// Steps 1 to 6 again, and the search, for a queue with the same memory, described by @queue.
	/// @reset is called between the reset and the first access. Context and return as start().
	template <typename Reset>
	Status restart(const QueueInfo &queue, u64 deadline, Reset reset)
	{
		TRY(transport_.reset(deadline));
		reset();
		return renegotiate(queue);
	}

	/// Asks for interrupts, which call @handler with @context. The device may get fewer vectors
	/// than wanted, or none. Context: may sleep.
	void request_interrupts(kn_irq_handler handler, void *context);
	/// Whether @vector is the one for configuration changes. Context: any.
	[[nodiscard]] static bool is_config_vector(u32 vector);

	/// Entries of the admin queue, of those that it offers.
	[[nodiscard]] u16 queue_size() const { return queue_size_; }
	[[nodiscard]] u16 queue_index() const { return queue_index_; }
	[[nodiscard]] bool indirect() const { return accepted(WIRE_F_INDIRECT_DESC); }
	[[nodiscard]] bool translated() const { return accepted(WIRE_F_ACCESS_PLATFORM); }

	/// Steps 7 and 8. The device may take commands afterwards. Return: whether the queue has an
	/// interrupt; Error::protocol; Error::no_memory.
	base::Result<bool> enable_queue(const QueueInfo &queue);
	/// Resets the queue alone (2.6.1). Return: success; Error::not_supported; the error of
	/// QueueRegisters::reset_queue(). Context: may sleep.
	Status reset_queue(u64 deadline);
	/// Enables the queue after reset_queue(). Return: as enable_queue().
	base::Result<bool> reenable_queue(const QueueInfo &queue);

	/// Ensures that the device does no DMA. Context: may sleep; the PF's device lock is held.
	/// Return: whether that is so.
	[[nodiscard]] bool stop_dma(u64 deadline);
	/// Frees the interrupts. None is delivered afterwards. Context: may sleep.
	void release_interrupts();
	/// Gives the function back. Context: may sleep.
	void release();

private:
	[[nodiscard]] bool accepted(unsigned feature) const { return features_ >> feature & 1; }
	[[nodiscard]] u16 queue_vector() const;
	void request_config_interrupt();
	Status negotiate_features();
	base::Result<u16> find_queue();
	Status renegotiate(const QueueInfo &queue);

	kn_pci *pci_;
	Transport transport_;
	QueueRegisters registers_;
	enum : u32 { wanted_vectors = 2 };
	kn_irq irq_[wanted_vectors];
	u32 vectors_ = 0; ///< those with a handler
	bool config_refused_ = false; ///< the vector for configuration changes, at the last start
	u64 features_ = 0;
	u16 queue_index_ = 0; ///< since the last reset of the device
	u16 queue_size_ = 0;
};

} // namespace owner
