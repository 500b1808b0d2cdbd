// SPDX-License-Identifier: GPL-2.0-only
// Configuration space of a transitional device: vfio-pci's, with a view laid over it.
#pragma once

#include "core/capability_mask.hh"
#include "core/config_view.hh"
#include "member/function.hh"

namespace member {

/**
 * class ConfigSpace - what the guest reads and writes there
 *
 * Invariant: bytes that neither the view nor the capability mask changes are vfio-pci's. A write
 * that fails in vfio-pci changes nothing of the view.
 *
 * Locks: none; the view is atomic, and the mask changes only in open().
 */
class ConfigSpace {
public:
	explicit ConfigSpace(Function &function) : function_(function) {}

	/// The VF can be shown as a transitional device of @type. @msix: offset of its MSI-X
	/// capability, 0 if it has none.
	void identify(const core::DeviceType &type, u16 msix) { view_.emplace(type, msix); }

	/// Before each open. @hide_modern: without virtio's capabilities. Return: success, or
	/// Error::protocol for a capability list that is not sound.
	Status open(bool hide_modern);
	void function_reset()
	{
		if (view_)
			view_->function_reset();
	}

	/// The VMM has tried to reset the device, whether or not it did.
	void vmm_resets();

	/// VFIO's read and write of the region. Return: bytes, or a negative errno.
	long read(u64 buffer, kn_size count, u64 position, const core::InterruptView &interrupt);
	long write(u64 buffer, kn_size count, u64 position);

	/// Whether the guest has I/O decoding on.
	[[nodiscard]] bool io_enabled() const { return view_->io_enabled(); }
	/// Whether the guest has INTx disabled.
	[[nodiscard]] bool interrupt_disabled() const { return view_->interrupt_disabled(); }
	/// Offset of MSI-X's Message Control, 0 if there is none.
	[[nodiscard]] u16 msix_control() const { return view_->msix_control(); }
	/// The guest's own MSI-X enable bit, if the VMM forwards writes to it.
	[[nodiscard]] std::optional<core::MsixLayout> msix() const { return view_->msix(); }
	/// How often it changed.
	[[nodiscard]] u32 msix_switches() const { return view_->msix_switches(); }

private:
	/// A part of a write that goes to vfio-pci as a whole, or not at all.
	struct Run {
		kn_size length;
		bool passed;
	};
	[[nodiscard]] Run first_run(u64 offset, kn_size count);
	int write_runs(u64 buffer, kn_size count, u64 position);
	int view_written(u64 buffer, u64 offset, kn_size count);
	void written(u16 offset, base::ConstBytes bytes);
	/// Whether the guest may write the command register now. Context: may sleep.
	[[nodiscard]] bool may_enable_master();

	Function &function_;
	std::optional<core::ConfigView> view_; ///< if identified
	core::CapabilityMask capabilities_;
};

} // namespace member
