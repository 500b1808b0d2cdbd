// SPDX-License-Identifier: GPL-2.0-only
// Life of a VF.
#include "member/device.hh"

#include "kernel/memory.h"

namespace member {

using base::Error;

Status Device::create(void *memory, kn_vfio *vfio, const virtio_legacy_settings &settings)
{
	Device *const device = new (memory) Device(vfio, settings);
	const Status identified = device->identify();

	if (!identified.ok())
		destroy(device);
	return identified;
}

void Device::destroy(Device *device)
{
	device->function_.restart().end();
	if (device->in_tree_)
		device->in_tree_->release();
}

u16 Device::bar_size() const
{
	return transitional() ? identity_.type->bar_size() : u16{0};
}

Status Device::set_plain(bool plain)
{
	if (!plain && !identity_.type)
		return Error::not_supported;
	return choice_.set_plain(plain);
}

Status Device::open_transitional()
{
	Deadline deadline;

	TRY(config_.open(choice_.hide_modern()));
	TRY(doorbell_.open(*client_, deadline));
	return bar0_.open(*identity_.type, *client_, !settings_.forward_all,
			  no_intx_reason() ? u16{0} : config_.msix_control());
}

/// Why a guest is offered no INTx, or null if it is.
const char *Device::no_intx_reason() const
{
	if (!transitional())
		return "not shown as a transitional device";
	if (choice_.no_intx())
		return plain_by_choice;
	if (settings_.forward_all)
		return "forward_all";
	if (!kn_vfio_intx_supported())
		return "not built for this kernel's vfio-pci-core";
	if (!config_.msix_control())
		return "it has no MSI-X";
	return nullptr;
}

/// Only the VFs of a PF keep its driver bound.
void Device::set_assigned(bool assigned)
{
	if (kn_pci_is_vf(function_.pci()))
		kn_pci_set_assigned(function_.pci(), assigned);
}

Status Device::open_claimed()
{
	const virtio_owner_callback at_risk = [](void *context) {
		static_cast<Device *>(context)->function_.restart().suspect();
	};

	function_.open(transitional() ? client_ : nullptr);
	if (client_)
		TRY(client_->open(transitional() ? at_risk : nullptr, this));
	if (transitional()) {
		const Status ready = open_transitional();
		if (!ready.ok()) {
			client_->close();
			return ready;
		}
	}
	set_assigned(true);
	open_.store(true);
	return {};
}

Status Device::open()
{
	TRY(choice_.claim());
	const Status opened = open_claimed();
	if (!opened.ok())
		choice_.release();
	return opened;
}

void Device::close()
{
	open_.store(false);
	function_.restart().forget();
	DoorbellEvents::close(doorbell_events_); // before what its thread uses
	bar0_.close();
	if (client_)
		client_->close();
	set_assigned(false);
	choice_.release();
}

// A function reset may begin and end at any time, also within open() and close(), or while the
// administrator changes the identity. So nothing here depends on these.

void Device::reset_prepare()
{
	function_.reset_begins();
	if (client_ && !client_->quiesce().ok() && kn_ratelimit_ok(&function_.limit()))
		kn_warn(function_.pci(), "function reset with commands outstanding");
}

/// The kernel calls this also for a reset that failed, and it has restored the command register.
void Device::reset_done()
{
	config_.function_reset();
	if (client_)
		client_->resume();
	function_.reset_ends();
	function_.restart().suspect();
}

long Device::read_config(u64 buffer, kn_size count, u64 position)
{
	const Intx *const intx = bar0_.intx();
	core::InterruptView view;

	if (intx)
		view = {.offered = true,
			.pending = intx->line().pending(),
			.msix = interrupts_.layout() == core::MsixLayout::enabled};
	return config_.read(buffer, count, position, view);
}

long Device::write_config(u64 buffer, kn_size count, u64 position)
{
	const long done = config_.write(buffer, count, position);

	bar0_.follow_config();
	return done;
}

// Regions that are vfio-pci's. An access resumes the function, which restores the command register.

long Device::read_vfio(u64 buffer, kn_size count, u64 position)
{
	const long done = kn_vfio_read(function_.vfio(), buffer, count, position);

	function_.keep_from_dma();
	return done;
}

long Device::write_vfio(u64 buffer, kn_size count, u64 position)
{
	const long done = kn_vfio_write(function_.vfio(), buffer, count, position);

	function_.keep_from_dma();
	return done;
}

/// VFIO_DEVICE_IOEVENTFD of a transitional device. Return: the ioctl's result, or nothing for a region
/// that is vfio-pci's.
std::optional<long> Device::set_ioeventfd(u64 arg)
{
	kn_vfio_ioeventfd request;

	if (const int error = kn_copy_from_user(&request, arg, KN_VFIO_IOEVENTFD_SIZE))
		return error;
	if (region_of(request.offset) != KN_VFIO_REGION_BAR0)
		return std::nullopt;
	return base::to_errno(DoorbellEvents::set(
		doorbell_events_, {function_, doorbell_, bar0_, *client_}, request));
}

/// Of INTx and BAR0, vfio-pci-core knows nothing.
long Device::pass_ioctl(u32 cmd, u64 arg)
{
	if (bar0_.intx() && cmd == KN_VFIO_DEVICE_SET_IRQS)
		return bar0_.set_irqs(arg);
	if (bar0_.intx() && cmd == KN_VFIO_DEVICE_GET_IRQ_INFO)
		if (const std::optional<int> answered = answer_intx_info(arg))
			return *answered;
	if (cmd == KN_VFIO_DEVICE_IOEVENTFD && transitional())
		if (const std::optional<long> set = set_ioeventfd(arg))
			return *set;
	return kn_vfio_ioctl(function_.vfio(), cmd, arg, bar_size());
}

/// VFIO_DEVICE_RESET ends D3hot, also if it then fails. VFIO_DEVICE_SET_IRQS changes MSI-X.
long Device::ioctl(u32 cmd, u64 arg)
{
	const bool resets = cmd == KN_VFIO_DEVICE_RESET || cmd == KN_VFIO_DEVICE_PCI_HOT_RESET;

	if (resets)
		function_.restart().forget();
	function_.observe_power();
	bool rearmed = interrupts_.sample();
	const long result = pass_ioctl(cmd, arg);
	function_.keep_from_dma();
	rearmed = interrupts_.sample() || rearmed;
	if (resets)
		config_.vmm_resets();
	if (rearmed && transitional())
		bar0_.restore_vectors();
	return result;
}

int Device::feature(u32 flags, u64 arg, kn_size size)
{
	const int result = kn_vfio_feature(function_.vfio(), flags, arg, size);

	function_.keep_from_dma();
	return result;
}

namespace {

void describe_intx(const IntxCounts &counts, virtio_legacy_view &view)
{
	static constexpr const char *const states[] = {"closed", "off", "idle", "armed", "given-up"};

	view.intx = view.intx_reason ? "none" : "emulated";
	view.intx_state = states[static_cast<unsigned>(counts.state.load())];
	view.intx_vectors = counts.vectors.load();
	view.intx_interrupts = counts.interrupts.load();
	view.intx_signals = counts.signals.load();
	view.intx_failures = counts.failures.load();
}

} // namespace

void Device::describe(virtio_legacy_view &view)
{
	view = {};
	if (bar0_.intx_counts().state.load() == IntxCounts::State::closed)
		view.intx_reason = no_intx_reason();
	describe_intx(bar0_.intx_counts(), view);
	view.admin_queue = client_ ? client_->name() : "none";
	view.type = transitional() ? identity_.type->name : nullptr;
	if (!view.type)
		view.reason = identity_.type ? plain_by_choice : identity_.reason;
	view.hide_modern = choice_.hide_modern();
	doorbell_.describe(view, open_.load() && view.type);
	view.broken = function_.state().broken();
	view.needs_restart = function_.restart().needed();
	view.has_stats = client_ != nullptr;
	if (!client_)
		return;
	client_->stats(view.stats);
	view.broken = view.broken || view.stats.broken;
}

} // namespace member
