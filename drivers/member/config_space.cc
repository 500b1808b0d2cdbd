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

long ConfigSpace::read(u64 buffer, kn_size count, u64 position,
		       const core::InterruptView &interrupt)
{
	const long done = kn_vfio_read(function_.vfio(), buffer, count, position);
	const u64 start = offset_in_region(position);
	const bool whole = capabilities_.active() || interrupt.offered;
	const u64 reach = whole ? core::capability_space : core::config_view_reach;
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
		view_->overlay(static_cast<u16>(at), part, interrupt);
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

/// The whole count or an error, as from vfio-pci: VMMs take less for a failure.
long ConfigSpace::write(u64 buffer, kn_size count, u64 position)
{
	const u64 size = kn_pci_config_size(function_.pci());
	const u64 offset = offset_in_region(position);

	if (offset >= size || count > size - offset) // nothing of it, as there
		return kn_vfio_write(function_.vfio(), buffer, count, position);
	function_.observe_power();
	const int error = write_runs(buffer, count, position);
	function_.observe_power();
	// The function may have become broken meanwhile, or D3hot ended, which restores the register.
	function_.keep_from_dma();
	return error ? error : static_cast<long>(count);
}

/// A hidden capability ignores writes, and so does the command register of a broken function, because
/// bus mastering could be enabled there.
ConfigSpace::Run ConfigSpace::first_run(u64 offset, kn_size count)
{
	constexpr u64 command = WIRE_PCI_COMMAND;
	const core::CapabilityMask::Run run = capabilities_.first_run(offset, count);

	if (run.hidden || offset >= command + 2 || offset + run.length <= command)
		return {run.length, !run.hidden};
	if (may_enable_master())
		return {run.length, true};
	if (offset < command)
		return {command - offset, true};
	return {base::minimum(run.length, command + 2 - offset), false};
}

int ConfigSpace::write_runs(u64 buffer, kn_size count, u64 position)
{
	kn_size length;

	for (kn_size done = 0; done < count; done += length) {
		const u64 offset = offset_in_region(position) + done;
		const Run run = first_run(offset, count - done);

		length = run.length;
		const long written = run.passed ? kn_vfio_write(function_.vfio(), buffer + done, length,
								position + done)
						: 0;
		if (written < 0)
			return static_cast<int>(written);
		if (const int error = view_written(buffer + done, offset, length))
			return error;
	}
	return 0;
}

/// Tells the view what was written. vfio-pci has read the user's memory already, so a user who changes
/// it meanwhile gets different values in the view and in the function.
int ConfigSpace::view_written(u64 buffer, u64 offset, kn_size count)
{
	const u64 end = base::minimum<u64>(offset + count, core::capability_space);
	u8 bytes[part_bytes];

	for (u64 at = offset; at < end; at += part_bytes) {
		const kn_size size = base::minimum(end - at, part_bytes);
		if (const int error = kn_copy_from_user(bytes, buffer + (at - offset), size))
			return error;
		written(static_cast<u16>(at), {bytes, size});
	}
	return 0;
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
