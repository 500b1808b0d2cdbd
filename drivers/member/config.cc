// SPDX-License-Identifier: GPL-2.0-only
// Configuration space: vfio-pci's, with the view of a transitional device laid
// over it.
#include "kernel/memory.h"
#include "member/device.hh"

namespace member {

namespace {

/// Bytes of one access that the view looks at: all of a write of the widest
/// register, and of a read what lies before config_view_reach.
constexpr kn_size view_bytes = core::config_view_reach;

u64 offset_of(u64 position)
{
	return position & ((u64{1} << KN_VFIO_OFFSET_SHIFT) - 1);
}

} // namespace

long Device::read_config(u64 buffer, kn_size count, u64 position)
{
	const long done = kn_vfio_read(vfio_, buffer, count, position);
	const u64 offset = offset_of(position);

	if (done <= 0 || offset >= core::config_view_reach)
		return done;

	u8 bytes[view_bytes];
	const kn_size reach = core::config_view_reach - offset;
	const kn_size size = static_cast<kn_size>(done) < reach ? static_cast<kn_size>(done) : reach;
	// What vfio-pci wrote there is the user's to change meanwhile, and harms none.
	if (const int error = kn_copy_from_user(bytes, buffer, size))
		return error;
	view_->overlay(static_cast<u16>(offset), {bytes, size});
	if (const int error = kn_copy_to_user(buffer, bytes, size))
		return error;
	return done;
}

long Device::write_config(u64 buffer, kn_size count, u64 position)
{
	// One register at a time, as vfio-pci also does it: the view sees exactly
	// what was accepted.
	u8 bytes[view_bytes];
	const u64 offset = offset_of(position);
	const kn_size size = count < sizeof(bytes) ? count : sizeof(bytes);

	if (const int error = kn_copy_from_user(bytes, buffer, size))
		return error;
	// A device that did not confirm its reset may not do DMA again.
	const bool command = offset <= WIRE_PCI_COMMAND && WIRE_PCI_COMMAND < offset + size;
	const long done = broken_.load() && command ? static_cast<long>(size)
						    : kn_vfio_write(vfio_, buffer, size, position);
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
