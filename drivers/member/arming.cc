// SPDX-License-Identifier: GPL-2.0-only
// The driver's own vectors in the device, for guests without MSI-X: virtio 1.3, 4.1.5.1.2.
#include "base/guard.hh"
#include "kernel/memory.h"
#include "member/bar0.hh"

namespace member {

using base::Error;
using core::Piece;

namespace {

constexpr u16 config_vector = 0;

} // namespace

/// Whether the device is to have vectors of the driver's: the guest has none.
bool Bar0::uses_intx(const Access &access) const
{
	return intx_ && access.moment.layout == core::MsixLayout::disabled && intx_->wanted();
}

/// What the device has been told is known since its last reset, as far as it kept its registers.
core::IntxVectors &Bar0::vectors(const Access &access)
{
	core::IntxVectors &vectors = intx_->mapped();

	vectors.observe(access.commands.era(), function_.state().resets(),
			access.moment.suspended_ns);
	return vectors;
}

/// Vectors of the host, the line, and the vector for configuration changes. A function reset that began
/// since the access did may end after them: then the line stays as it is. Return: whether the guest has
/// interrupts.
bool Bar0::arm(Access &access)
{
	core::IntxVectors &vectors = this->vectors(access);
	const u32 resets = function_.state().resets();
	bool fresh = false;

	if (!intx_->acquire(fresh))
		return false;
	if (fresh)
		vectors.lapse();
	access.commands.vectors_are_ours();
	if (!is_overtaken(access))
		intx_->line().arm(resets);
	shadow_->isr_changes();
	return armed(map_config(access));
}

/// The guest's access succeeds whatever becomes of its interrupts. Return: whether it has some.
bool Bar0::armed(const Status &status)
{
	if (!status.ok())
		intx_->mapping_failed(status.error());
	return status.ok();
}

Status Bar0::map_config(Access &access)
{
	core::IntxVectors &vectors = this->vectors(access);

	if (vectors.config_mapped() || type_->config_length() == 0)
		return {};
	vectors.config_written(false);
	TRY(shadow_->map_vector(WIRE_LEGACY_CONFIG_VECTOR, config_vector, access.commands));
	vectors.config_written(true);
	return {};
}

/// Of @queue, which is selected, and has its address.
Status Bar0::map_queue(u16 queue, Access &access)
{
	core::IntxVectors &vectors = this->vectors(access);

	if (vectors.mapped(queue))
		return {};
	vectors.queue_written(queue, false);
	TRY(shadow_->map_vector(WIRE_LEGACY_QUEUE_VECTOR, intx_->queue_vector(), access.commands));
	vectors.queue_written(queue, true);
	return {};
}

Status Bar0::write_address(const Piece &piece, ConstBytes data, Access &access)
{
	const bool nonzero = base::load_le(data) != 0;

	if (nonzero)
		TRY(function_.enable_master());
	// An address of 0 ends what is known of the selection. A device that is reset has selected queue 0.
	const u16 queue = shadow_->selection().value_or(0);
	const bool interrupts = nonzero && uses_intx(access) && arm(access);
	const Status status = shadow_->write(piece, data, access.commands, access.moment);
	if (!intx_ || (!status.ok() && status.error() == Error::invalid))
		return guest_outcome(status);
	vectors(access).address_written(queue, nonzero);
	if (interrupts && status.ok())
		(void)armed(map_queue(queue, access));
	return guest_outcome(status);
}

/// A driver without queues may wait for a change of the configuration.
void Bar0::driver_ok(Access &access)
{
	if (!intx_ || type_->config_length() == 0)
		return;
	vectors(access).driver_ok();
	if (uses_intx(access))
		(void)arm(access);
}

/// The guest's queues may live: INTx was switched on, or VFIO has had its way with MSI-X. What happened
/// since the device had vectors is not known: a message that was masked is gone with MSI-X.
void Bar0::map_all(Access &access)
{
	if (arm(access) &&
	    armed(shadow_->map_live(vectors(access), intx_->queue_vector(), access.commands)))
		intx_->missed_events();
}

/// In a low-power state, or with MSI-X enabled, it is done when that ends: after a write of configuration
/// space, or VFIO_DEVICE_SET_IRQS.
void Bar0::rearm_intx()
{
	Deadline deadline;

	if (kn_pci_pm_get(function_.pci()))
		return;
	const base::ScopeGuard put{[this] { kn_pci_pm_put(function_.pci()); }};
	if (!lock(deadline))
		return;
	const core::HeldMutex guard{mutex_};
	const Function::Power power = function_.power();
	Access access = begin(power, deadline);
	if (!power.on || access.moment.layout == core::MsixLayout::enabled)
		return;
	intx_->settle();
	if (!function_.works() || !uses_intx(access) || !vectors(access).in_use())
		return;
	map_all(access);
}

/// After the guest has enabled MSI-X.
Status Bar0::clear_stale(Access &access)
{
	if (!intx_ || !vectors(access).any_stale())
		return {};
	return shadow_->unmap(vectors(access), access.commands, access.moment);
}

int Bar0::set_intx(u64 arg)
{
	const base::Result<IrqRequest> request = read_irq_request(arg);
	bool switched_on = false;

	if (!request.ok())
		return base::to_errno(request.error());
	switch (request.get().action) {
	case IrqRequest::Action::mask:
		return intx_->mask(request.get());
	case IrqRequest::Action::unmask:
		return intx_->unmask(request.get());
	case IrqRequest::Action::trigger:
		break;
	}
	Deadline deadline;
	if (!lock(deadline))
		return base::to_errno(Error::interrupted);
	int result;
	{
		const core::HeldMutex guard{mutex_};
		result = intx_->trigger(request.get(), switched_on);
	}
	if (switched_on)
		rearm_intx();
	return result;
}

long Bar0::set_irqs(u64 arg)
{
	u32 index;

	if (const int error = kn_copy_from_user(&index, arg + offsetof(kn_vfio_irq_set, index),
						sizeof(index)))
		return error;
	if (index == KN_VFIO_IRQ_INTX)
		return set_intx(arg);
	const long result = intx_->pass(arg);
	if (intx_->lapsed())
		rearm_intx();
	return result;
}

void Bar0::follow_config()
{
	if (!intx_)
		return;
	intx_->follow(config_);
	if (intx_->lapsed())
		rearm_intx();
}

} // namespace member
