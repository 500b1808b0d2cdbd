// SPDX-License-Identifier: GPL-2.0-only
// Configuration space: vfio-pci's, with the view of a transitional device laid
// over it.
#include "kernel/memory.h"
#include "kernel/pci.h"
#include "member/device.hh"

namespace member {

namespace {

/// Bytes of an access that the view looks at in one go.
constexpr kn_size view_bytes = 64;

constexpr u64 minimum(u64 a, u64 b)
{
	return a < b ? a : b;
}

u64 offset_of(u64 position)
{
	return position & ((u64{1} << KN_VFIO_OFFSET_SHIFT) - 1);
}

/// Some drivers write all 32 bits.
bool is_notification(kn_size count, u64 offset)
{
	return (count == core::notify_width || count == 2 * core::notify_width) &&
	       offset == WIRE_LEGACY_QUEUE_NOTIFY;
}

} // namespace

/// At open: VFIO's own list, which may already leave some out, without ours.
Status Device::choose_capabilities()
{
	u8 space[core::capability_space];

	capabilities_.clear();
	if (!choice_.hide_modern())
		return {};
	kn_vfio_config(vfio_, space, sizeof(space));
	return capabilities_.hide_virtio(space);
}

long Device::read_config(u64 buffer, kn_size count, u64 position)
{
	const long done = kn_vfio_read(vfio_, buffer, count, position);
	const u64 start = offset_of(position);
	const u64 reach = capabilities_.active() ? core::capability_space : core::config_view_reach;
	u8 bytes[view_bytes];

	if (done <= 0)
		return done;
	const u64 end = minimum(start + static_cast<u64>(done), reach);
	for (u64 at = start; at < end; at += view_bytes) {
		const Bytes part{bytes, minimum(end - at, view_bytes)};
		const u64 user = buffer + (at - start);
		// What vfio-pci wrote there is the user's to change meanwhile, and harms none.
		if (const int error = kn_copy_from_user(bytes, user, part.size()))
			return error;
		view_->overlay(static_cast<u16>(at), part);
		capabilities_.overlay(static_cast<u32>(at), part);
		if (const int error = kn_copy_to_user(user, bytes, part.size()))
			return error;
	}
	return done;
}

long Device::write_config(u64 buffer, kn_size count, u64 position)
{
	// As much as the stack holds; the caller comes again for the rest. vfio-pci
	// reads the user's memory once more: who changes it meanwhile has two opinions
	// of his own registers, and harms nobody.
	u8 bytes[view_bytes];
	const u64 offset = offset_of(position);
	kn_size size = minimum(count, sizeof(bytes));

	if (size) {
		const core::CapabilityMask::Run run = capabilities_.first_run(offset, size);
		if (run.hidden)
			return static_cast<long>(run.length);
		size = run.length;
	}
	if (const int error = kn_copy_from_user(bytes, buffer, size))
		return error;
	// Whichever write ends D3hot: the function may come back as if from a reset (PCI
	// Power Management 1.2, 5.4.1). Counted before it answers again.
	if (!kn_pci_powered(pci_))
		wakes_.add(1);
	// A device that did not confirm its reset may not do DMA again.
	const bool command = offset <= WIRE_PCI_COMMAND && WIRE_PCI_COMMAND < offset + size;
	const long done = function_.broken() && command
				  ? static_cast<long>(size)
				  : kn_vfio_write(vfio_, buffer, size, position);
	// It may have raced with switch_off(), or restored what D3hot had saved.
	keep_from_dma();
	if (done > 0 && offset <= 0xffff)
		view_->written(static_cast<u16>(offset), {bytes, static_cast<kn_size>(done)});
	return done;
}

long Device::read(u64 buffer, kn_size count, u64 position)
{
	if (transitional()) {
		switch (position >> KN_VFIO_OFFSET_SHIFT) {
		case KN_VFIO_REGION_BAR0:
			return read_bar(buffer, count, offset_of(position));
		case KN_VFIO_REGION_CONFIG:
			return read_config(buffer, count, position);
		default:
			break;
		}
	}
	return kn_vfio_read(vfio_, buffer, count, position);
}

long Device::write(u64 buffer, kn_size count, u64 position)
{
	if (transitional()) {
		switch (position >> KN_VFIO_OFFSET_SHIFT) {
		case KN_VFIO_REGION_BAR0:
			if (is_notification(count, offset_of(position)))
				return write_notification(buffer, count);
			return write_bar(buffer, count, offset_of(position));
		case KN_VFIO_REGION_CONFIG:
			return write_config(buffer, count, position);
		default:
			break;
		}
	}
	return kn_vfio_write(vfio_, buffer, count, position);
}

} // namespace member
