// SPDX-License-Identifier: GPL-2.0-only
// Initialisation of the device: virtio 1.3, 3.1.1 (the numbered steps) and
// 2.13 (administration virtqueues).
#include "kernel/memory.h"
#include "kernel/time.h"
#include "owner/owner.hh"

namespace owner {

using base::Error;

namespace {

constexpr u64 feature(unsigned bit)
{
	return u64{1} << bit;
}

/// Without these there is nothing for us to do.
constexpr u64 required_features =
	feature(WIRE_F_VERSION_1) | feature(WIRE_F_SR_IOV) | feature(WIRE_F_ADMIN_VQ);
/// Accepted where offered. The first two say how the device reaches memory; the
/// third doubles the commands in flight; the last spares a device reset.
constexpr u64 optional_features = feature(WIRE_F_ACCESS_PLATFORM) |
				  feature(WIRE_F_ORDER_PLATFORM) | feature(WIRE_F_INDIRECT_DESC) |
				  feature(WIRE_F_RING_RESET);

constexpr u32 admin_vector = 0;
constexpr u32 config_vector = 1;
constexpr u32 wanted_vectors = 2;

} // namespace

Owner::Owner(kn_pci *pci, const virtio_owner_settings &settings)
	: pci_(pci), settings_(settings), transport_(pci),
	  queue_(transport_, recovery_, settings)
{
	kn_mutex_init(&mutex_, KN_LOCK_OWNER);
	kn_work_init(&recovery_, &Owner::on_recovery, this);
	kn_ratelimit_init(&limit_);
}

base::Result<Owner *> Owner::create(kn_pci *pci, const virtio_owner_settings &settings)
{
	if (!kn_sriov_supported(pci)) {
		kn_warn(pci, "no SR-IOV capability: not a group owner");
		return Error::not_supported;
	}

	if (kn_sriov_count(pci) != 0) {
		kn_warn(pci, "has VFs already: write 0 to sriov_numvfs first");
		return Error::busy;
	}
	if (const int error = kn_pci_enable(pci))
		return base::from_errno(error);

	void *const memory = kn_alloc(sizeof(Owner));
	if (!memory) {
		kn_pci_disable(pci);
		return Error::no_memory;
	}
	Owner *const owner = new (memory) Owner(pci, settings);

	const Status started = owner->start(owner->deadline());
	if (started.ok()) {
		owner->state_.store(State::live);
		return owner;
	}
	owner->stop_device();
	kn_free(owner);
	return started.error();
}

u64 Owner::deadline() const
{
	return kn_now_ms() + settings_.command_timeout_ms;
}

Status Owner::start(u64 deadline)
{
	if (const Status mapped = transport_.map(); !mapped.ok()) {
		kn_warn(pci_, "no usable virtio structures (%d)", base::to_errno(mapped));
		return mapped;
	}

	TRY(transport_.reset(deadline));
	kn_pci_set_master(pci_);
	TRY(negotiate_features());

	queue_index_ = transport_.admin_queue_index();
	const u16 offered = transport_.admin_queue_count() ? transport_.queue_size(queue_index_) : 0;
	if (offered < 2 || (offered & (offered - 1)) != 0) {
		kn_warn(pci_, "no usable admin queue: size %u", offered);
		return Error::not_supported;
	}
	const u16 size = offered < max_ring_size ? offered : max_ring_size;
	TRY(queue_.init(pci_, size, features_ & feature(WIRE_F_INDIRECT_DESC),
			features_ & feature(WIRE_F_ACCESS_PLATFORM)));

	if (!settings_.polled)
		vectors_ = kn_irq_setup(pci_, &irq_, wanted_vectors, &Owner::on_interrupt, this);
	TRY(enable_queue());
	TRY(transport_.save());
	const QueueInfo info = queue_.info();
	kn_info(pci_, "admin queue %u: %u entries, %s, %s", queue_index_, size,
		info.translated ? "DMA addresses" : "physical addresses",
		info.polled ? "polled" : "interrupts");
	return {};
}

/// Steps 2 to 6.
Status Owner::negotiate_features()
{
	transport_.add_status(WIRE_STATUS_ACKNOWLEDGE);
	transport_.add_status(WIRE_STATUS_DRIVER);

	const u64 offered = transport_.device_features();
	if ((offered & required_features) != required_features) {
		kn_warn(pci_, "features %#llx lack VERSION_1, SR_IOV or ADMIN_VQ",
			static_cast<unsigned long long>(offered));
		transport_.add_status(WIRE_STATUS_FAILED);
		return Error::not_supported;
	}
	features_ = offered & (required_features | optional_features);
	transport_.set_driver_features(features_);
	transport_.add_status(WIRE_STATUS_FEATURES_OK);
	if (!(transport_.status() & WIRE_STATUS_FEATURES_OK)) {
		kn_warn(pci_, "the device refuses features %#llx",
			static_cast<unsigned long long>(features_));
		transport_.add_status(WIRE_STATUS_FAILED);
		return Error::not_supported;
	}
	return {};
}

u16 Owner::admin_irq_vector() const
{
	return vectors_ ? admin_vector : WIRE_NO_VECTOR;
}

/// Silence for that long is a stall: the longest that one command may wait, less
/// what it spends before it is sent.
u32 Owner::stall_ms() const
{
	return settings_.command_timeout_ms / 8 * 7;
}

/// Steps 7 and 8; from here on the device may take commands.
Status Owner::enable_queue()
{
	// A device that cannot signal its own trouble is looked at by the watch.
	if (vectors_ > config_vector)
		(void)transport_.set_config_vector(config_vector);

	const QueueInfo queue = queue_.info();
	const bool interrupts = TRY(transport_.enable_queue(queue_index_, queue.ring_size,
							    queue.addresses, admin_irq_vector()));
	transport_.add_status(WIRE_STATUS_DRIVER_OK);

	listed_.store(false);
	epoch_.add(1);
	start_queue(!interrupts);
	return {};
}

/// Lost or buried meanwhile, the queue stays stopped: nobody else would stop it.
void Owner::start_queue(bool polled)
{
	queue_.start(polled);
	if (state() == State::dead)
		queue_.fail(Error::no_device);
	else if (state() == State::lost)
		queue_.fail(Error::io);
}

/// Resets the device and goes the same steps again, with the same memory.
/// Commands that it had and did not answer are sent again, see architecture.md.
Status Owner::restart(u64 deadline)
{
	const u64 features = features_;

	TRY(transport_.reset(deadline));
	queue_.clear(Error::again);
	kn_pci_set_master(pci_);
	TRY(negotiate_features());
	// The memory was made for what was negotiated first.
	constexpr u64 layout = feature(WIRE_F_ACCESS_PLATFORM) | feature(WIRE_F_INDIRECT_DESC);
	if ((features_ ^ features) & layout ||
	    transport_.queue_size(queue_index_) < queue_.info().ring_size)
		return Error::not_supported;
	return enable_queue();
}

void Owner::on_interrupt(void *context, u32 vector)
{
	Owner &owner = *static_cast<Owner *>(context);

	if (vector == config_vector)
		kn_work_schedule(&owner.recovery_);
	else
		owner.queue_.process();
}

} // namespace owner
