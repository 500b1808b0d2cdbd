// SPDX-License-Identifier: GPL-2.0-only
#include "owner/device.hh"

#include "kernel/log.h"
#include "owner/function.hh"

namespace owner {

using base::Result;

namespace {

constexpr u64 feature(unsigned bit)
{
	return u64{1} << bit;
}

/// A device without these cannot be a group owner.
constexpr u64 required_features =
	feature(WIRE_F_VERSION_1) | feature(WIRE_F_SR_IOV) | feature(WIRE_F_ADMIN_VQ);
/// Accepted where offered. The first two say how the device reaches memory, the third doubles the
/// commands in flight, and the last one avoids device resets.
constexpr u64 optional_features = feature(WIRE_F_ACCESS_PLATFORM) |
				  feature(WIRE_F_ORDER_PLATFORM) | feature(WIRE_F_INDIRECT_DESC) |
				  feature(WIRE_F_RING_RESET);

constexpr u32 admin_vector = 0;
constexpr u32 config_vector = 1;

} // namespace

Status OwnerDevice::start(u64 deadline)
{
	if (const Status mapped = transport_.map(); !mapped.ok()) {
		kn_warn(pci_, "no usable virtio structures (%d)", base::to_errno(mapped));
		return mapped;
	}
	TRY(transport_.reset(deadline));
	kn_pci_set_master(pci_);
	TRY(negotiate_features());

	const u16 offered = TRY(find_queue());
	queue_size_ = base::minimum(offered, max_ring_size);
	return {};
}

/// Finds the first admin queue, whose index and number of entries may change with each reset of the
/// device. Returns the entries that it offers.
Result<u16> OwnerDevice::find_queue()
{
	queue_index_ = registers_.admin_queue_index();
	const u16 queues = registers_.admin_queue_count();
	const u16 offered = queues ? registers_.queue_size(queue_index_) : 0;
	if (offered >= 2 && (offered & (offered - 1)) == 0)
		return offered;
	kn_warn(pci_, "no usable admin queue: size %u", offered);
	return Error::not_supported;
}

/// Steps 2 to 6.
Status OwnerDevice::negotiate_features()
{
	transport_.add_status(WIRE_STATUS_ACKNOWLEDGE);
	transport_.add_status(WIRE_STATUS_DRIVER);

	const u64 offered = transport_.device_features();
	if ((offered & required_features) != required_features) {
		kn_warn(pci_, "features %#llx lack VERSION_1, SR_IOV or ADMIN_VQ",
			static_cast<unsigned long long>(offered));
		return Error::not_supported;
	}
	features_ = offered & (required_features | optional_features);
	transport_.set_driver_features(features_);
	transport_.add_status(WIRE_STATUS_FEATURES_OK);
	if (!(transport_.status() & WIRE_STATUS_FEATURES_OK)) {
		kn_warn(pci_, "the device refuses features %#llx",
			static_cast<unsigned long long>(features_));
		return Error::not_supported;
	}
	return {};
}

Status OwnerDevice::renegotiate(const QueueInfo &queue)
{
	kn_pci_set_master(pci_);
	TRY(negotiate_features());
	const u16 offered = TRY(find_queue());
	// The layout of the queue's memory follows these.
	if (indirect() != queue.indirect || translated() != queue.translated ||
	    offered < queue.ring_size)
		return Error::not_supported;
	return {};
}

void OwnerDevice::request_interrupts(kn_irq_handler handler, void *context)
{
	const int granted = kn_irq_alloc_vectors(pci_, wanted_vectors);

	if (granted <= 0)
		return;
	while (vectors_ < static_cast<u32>(granted) &&
	       kn_irq_request(pci_, &irq_[vectors_], vectors_, handler, context) == 0)
		vectors_++;
	if (!vectors_)
		kn_irq_free_vectors(pci_);
}

bool OwnerDevice::is_config_vector(u32 vector)
{
	return vector == config_vector;
}

u16 OwnerDevice::queue_vector() const
{
	return vectors_ ? admin_vector : WIRE_NO_VECTOR;
}

/// Without this interrupt, the watchdog finds a device that wants a reset, while requests are
/// pending.
void OwnerDevice::request_config_interrupt()
{
	const bool refused = !transport_.set_config_vector(config_vector);

	if (refused && !config_refused_)
		kn_warn(pci_, "no interrupt for DEVICE_NEEDS_RESET: polled while commands wait");
	config_refused_ = refused;
}

Result<bool> OwnerDevice::enable_queue(const QueueInfo &queue)
{
	if (vectors_ > config_vector)
		request_config_interrupt();
	// The line has no handler. If the device asserted it, the kernel would disable it, and
	// functions that share it would lose their interrupts.
	if (!vectors_)
		kn_pci_disable_intx(pci_);
	const bool interrupts = TRY(reenable_queue(queue));
	transport_.add_status(WIRE_STATUS_DRIVER_OK);
	return interrupts;
}

Status OwnerDevice::reset_queue(u64 deadline)
{
	constexpr u8 usable = WIRE_STATUS_DRIVER_OK;

	// A restart that failed leaves a device without DRIVER_OK, and no queue to reset.
	if (!accepted(WIRE_F_RING_RESET) || !transport_.is_reset_confirmed() ||
	    (transport_.status() & (usable | WIRE_STATUS_NEEDS_RESET)) != usable)
		return Error::not_supported;
	return registers_.reset_queue(queue_index_, deadline);
}

Result<bool> OwnerDevice::reenable_queue(const QueueInfo &queue)
{
	return registers_.enable_queue(queue_index_, queue.ring_size, queue.addresses,
				       queue_vector());
}

bool OwnerDevice::stop_dma(u64 deadline)
{
	if (!transport_.mapped() || transport_.gone() || transport_.reset(deadline).ok())
		return true;
	kn_pci_clear_master(pci_);
	return kn_pci_reset_locked(pci_) == 0;
}

void OwnerDevice::release_interrupts()
{
	if (!vectors_)
		return;
	while (vectors_)
		kn_irq_free(pci_, &irq_[--vectors_]);
	kn_irq_free_vectors(pci_);
	kn_pci_disable_intx(pci_); // the device may not have stopped
}

void OwnerDevice::release()
{
	registers_.unmap();
	transport_.unmap();
	kn_pci_clear_master(pci_);
	give_back_function(pci_);
}

} // namespace owner
