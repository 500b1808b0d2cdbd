// SPDX-License-Identifier: GPL-2.0-only
// Whether a VF can be shown as a transitional device: virtio 1.3, 4.1.2.1 and
// 2.12.1.1.
#include "kernel/pci.h"
#include "member/device.hh"
#include "member/in_tree_search.hh"

namespace member {

using base::Error;

Status Device::plain(const char *reason)
{
	identity_ = {.type = nullptr, .reason = reason};
	kn_info(function_.pci(), "not shown as a transitional device: %s", reason);
	return {};
}

/// The owner counts every VF that a guest has, transitional or not.
Status Device::find_owner()
{
	virtio_owner_member *member = nullptr;
	const Status found = base::status_of(virtio_owner_get(function_.pci(), &member));

	if (found.ok())
		client_ = &owner_.emplace(member);
	else if (found.error() != Error::not_supported) {
		kn_warn(function_.pci(), "its PF's virtio_owner is gone or broken (%d)",
			base::to_errno(found));
		return found;
	}
	return {};
}

/// The kernel's own client, if the PF is virtio-pci's. None is no error; why
/// there is none stands in identity_.
Status Device::find_in_tree()
{
	const Result<kn_admin *> found = find_in_tree_client(function_.pci());

	if (!found.ok())
		switch (found.error()) {
		case Error::no_device:
			return plain("its PF has no driver");
		case Error::not_supported:
			return plain("its PF is not bound to virtio_owner");
		case Error::no_such_address:
			return plain("its PF's virtio-pci has no legacy admin commands");
		default:
			kn_warn(function_.pci(), "its PF's virtio-pci can not be used now (%d)",
				base::to_errno(found.error()));
			return found.error();
		}
	InTreeSlot *const slot = InTreeSlot::create(found.get());
	if (!slot) {
		kn_admin_put(found.get());
		return Error::no_memory;
	}
	client_ = &in_tree_.emplace(function_, slot);
	return {};
}

/// Whether the owner's device has the commands; a plain VF if not.
Status Device::ask_owner()
{
	const Result<bool> legacy = owner_->has_legacy();

	if (!legacy.ok()) {
		kn_warn(function_.pci(), "the owner did not answer (%d)",
			base::to_errno(legacy.error()));
		return legacy.error();
	}
	return legacy.get() ? Status{} : plain("the device lacks the legacy admin commands");
}

Status Device::identify()
{
	// libvirt may choose the driver by its alias for a function that is none.
	if (!kn_pci_is_vf(function_.pci()))
		return plain("not a VF");
	TRY(find_owner());

	const core::DeviceType *const type =
		core::find_device_type(kn_pci_vendor(function_.pci()), kn_pci_device(function_.pci()));
	if (!type)
		return plain("its type has no transitional identity");
	if (kn_pci_bar_exists(function_.pci(), 0))
		return plain("it has a BAR0 of its own");

	TRY(owner_ ? ask_owner() : find_in_tree());
	if (identity_.reason)
		return {};

	// After the owner's answer, which waits for the end of a reset of the PF: the
	// VFs are silent as long.
	const Result<core::FunctionLayout> layout = core::read_layout(function_.pci());
	if (!layout.ok()) {
		if (layout.error() == Error::protocol)
			return plain("its capability list is broken");
		kn_warn(function_.pci(), "it does not answer");
		return layout.error();
	}

	identity_ = {.type = type, .reason = nullptr};
	config_.identify(*type, layout.get().msix);
	if (choice_.plain()) {
		kn_info(function_.pci(), "not shown as a transitional device: %s", plain_by_choice);
		return {};
	}
	kn_info(function_.pci(), "shown as transitional %s device 1af4:%04x, %u bytes of I/O", type->name,
		type->transitional_id, type->bar_size());
	return {};
}

} // namespace member
