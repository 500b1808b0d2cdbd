// SPDX-License-Identifier: GPL-2.0-only
#include "member/config_space.hh"

#include "kernel/memory.h"
#include "member/region.hh"

namespace member {

using base::Bytes;

namespace {

/// Bytes that are copied from or to the user at once.
constexpr kn_size part_bytes = 64;

} // namespace

/// VFIO's own list may already lack some capabilities.
Status ConfigSpace::open(bool hide_modern)
{
	u8 space[core::capability_space];

	view_->reset();
	capabilities_.clear();
	if (!hide_modern)
		return {};
	kn_vfio_config(function_.vfio(), space, sizeof(space));
	return capabilities_.hide_virtio(space);
}

long ConfigSpace::read(u64 buffer, kn_size count, u64 position)
{
	const long done = kn_vfio_read(function_.vfio(), buffer, count, position);
	const u64 start = offset_in_region(position);
	const u64 reach = capabilities_.active() ? core::capability_space : core::config_view_reach;
	u8 bytes[part_bytes];

	function_.keep_from_dma(); // a resume restores the command register
	if (done <= 0)
		return done;
	const u64 end = base::minimum(start + static_cast<u64>(done), reach);
	for (u64 at = start; at < end; at += part_bytes) {
		const Bytes part{bytes, base::minimum<kn_size>(end - at, part_bytes)};
		const u64 user = buffer + (at - start);
		// The user may change what vfio-pci wrote there. That harms only the user.
		if (const int error = kn_copy_from_user(bytes, user, part.size()))
			return error;
		view_->overlay(static_cast<u16>(at), part);
		capabilities_.overlay(static_cast<u32>(at), part);
		if (const int error = kn_copy_to_user(user, bytes, part.size()))
			return error;
	}
	return done;
}

bool ConfigSpace::may_enable_master()
{
	Deadline deadline;

	if (function_.state().unconfirmed())
		(void)function_.confirm_reset(deadline);
	return !function_.state().broken();
}

long ConfigSpace::write(u64 buffer, kn_size count, u64 position)
{
	// The caller repeats the call for the rest. vfio-pci reads the user's memory again, so a
	// user who changes it meanwhile gets different values in the view and in the function.
	u8 bytes[part_bytes];
	const u64 offset = offset_in_region(position);
	kn_size size = base::minimum(count, sizeof(bytes));

	if (size) {
		const core::CapabilityMask::Run run = capabilities_.first_run(offset, size);
		if (run.hidden)
			return static_cast<long>(run.length);
		size = run.length;
	}
	if (const int error = kn_copy_from_user(bytes, buffer, size))
		return error;
	function_.observe_power();
	// A write of the command register could enable bus mastering of a broken function.
	const bool command = offset <= WIRE_PCI_COMMAND && WIRE_PCI_COMMAND < offset + size;
	const long done = command && !may_enable_master()
				  ? static_cast<long>(size)
				  : kn_vfio_write(function_.vfio(), buffer, size, position);
	function_.observe_power();
	// The function may have become broken meanwhile, or D3hot ended, which restores the register.
	function_.keep_from_dma();
	if (done > 0 && offset <= 0xffff)
		written(static_cast<u16>(offset), {bytes, static_cast<kn_size>(done)});
	return done;
}

/// A VMM that resets its guest disables MSI-X by ioctl, and decoding by a write. A guest that disables
/// decoding has MSI-X as it wants it.
void ConfigSpace::written(u16 offset, base::ConstBytes bytes)
{
	const bool decoded = view_->io_enabled();

	view_->written(offset, bytes);
	if (decoded && !view_->io_enabled())
		vmm_resets();
}

/// A function reset ends the guest's MSI-X enable bit. But not every function can be reset, and a
/// reset may fail. VFIO's own state alone does not tell: it is off for a moment when vectors change.
void ConfigSpace::vmm_resets()
{
	if (view_ && !kn_vfio_msix_enabled(function_.vfio()))
		view_->forget_msix();
}

} // namespace member
