// SPDX-License-Identifier: GPL-2.0-only
// Life of a VF: created, opened, reset, closed.
#include "member/device.hh"

#include "kernel/memory.h"
#include "kernel/pci.h"

namespace member {

using base::Error;

Status Device::create(void *memory, kn_vfio *vfio, const virtio_legacy_settings &settings)
{
	Device *const device = new (memory) Device(vfio, settings);
	kn_mutex_init(&device->mutex_, KN_LOCK_MEMBER);
	kn_ratelimit_init(&device->limit_);

	const Status identified = device->identify();
	if (!identified.ok())
		destroy(device);
	return identified;
}

void Device::destroy(Device *device)
{
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

/// Only accesses use it, and VFIO has none before open() and after close().
Status Device::start_shadow()
{
	static_assert(std::is_trivially_destructible_v<core::Shadow>);
	void *const memory = kn_alloc(sizeof(core::Shadow));

	if (!memory)
		return Error::no_memory;
	shadow_ = new (memory) core::Shadow;
	shadow_->start(!settings_.forward_all);
	return {};
}

Status Device::open_transitional()
{
	view_->reset();
	function_.mend();
	resetting_.store(false);
	TRY(choose_capabilities());
	TRY(choose_doorbell());
	return start_shadow();
}

Status Device::open_claimed()
{
	if (client_) {
		const int opened = client_->open();
		if (opened)
			return base::from_errno(opened);
	}
	if (transitional()) {
		const Status ready = open_transitional();
		if (!ready.ok()) {
			client_->close();
			return ready;
		}
	}
	kn_pci_set_assigned(pci_, true);
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
	if (client_)
		client_->close();
	kn_free(shadow_);
	shadow_ = nullptr;
	doorbell_bar_ = nullptr;
	kn_pci_set_assigned(pci_, false);
	choice_.release();
}

void Device::reset_prepare()
{
	if (!open_.load() || !transitional())
		return;
	resetting_.store(true);
	function_.reset_begins();
	if (client_->quiesce() && kn_ratelimit_ok(&limit_))
		kn_warn(pci_, "function reset with commands outstanding");
}

void Device::reset_done()
{
	if (!open_.load() || !transitional())
		return;
	view_->function_reset();
	client_->resume();
	// The kernel calls this also for a reset that failed, and it has restored the
	// command register.
	if (function_.broken() && answers_after_reset())
		function_.mend();
	keep_from_dma_in_reset();
	resetting_.store(false);
}

void Device::describe(virtio_legacy_view &view)
{
	static constexpr const char *const ways[] = {"command", "owner", "member"};

	view = {};
	view.admin_queue = client_ ? client_->name() : "none";
	view.type = transitional() ? identity_.type->name : nullptr;
	if (!view.type)
		view.reason = identity_.type ? plain_by_choice : identity_.reason;
	view.hide_modern = choice_.hide_modern();
	view.doorbell = "closed";
	if (open_.load() && view.type) {
		view.doorbell = ways[static_cast<unsigned>(doorbell_.way)];
		view.doorbell_bar = doorbell_.address.bar;
		view.doorbell_offset = doorbell_.address.offset;
	}
	for (unsigned way = 0; way < std::size(doorbells_); way++)
		view.doorbells[way] = doorbells_[way].load();
	view.broken = function_.broken();
	view.has_stats = client_ != nullptr;
	if (!client_)
		return;
	client_->stats(view.stats);
	view.broken = view.broken || view.stats.broken;
}

} // namespace member
