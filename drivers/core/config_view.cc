// SPDX-License-Identifier: GPL-2.0-only
#include "core/config_view.hh"

namespace core {

namespace {

/// Where the value @value of @width bytes at @where overlaps @data, which
/// stands at @offset, put it there under @mask.
void place(u16 offset, Bytes data, u16 where, unsigned width, u32 value, u32 mask)
{
	for (unsigned i = 0; i < width; i++) {
		const u32 at = where + i;
		if (at < offset || at - offset >= data.size())
			continue;
		const u8 byte_mask = static_cast<u8>(mask >> (8 * i));
		u8 &byte = data[at - offset];
		byte = static_cast<u8>((byte & ~byte_mask) |
				       (static_cast<u8>(value >> (8 * i)) & byte_mask));
	}
}

/// The byte of @data, written at @offset, that stands at @where.
std::optional<u8> byte_at(u16 offset, ConstBytes data, u32 where)
{
	if (where < offset || where - offset >= data.size())
		return std::nullopt;
	return data[where - offset];
}

} // namespace

void ConfigView::reset()
{
	io_enabled_.store(false);
	bar_.store(0);
	function_reset();
}

u32 ConfigView::bar_value() const
{
	return (bar_.load() & ~u32{type_.bar_size() - 1u}) | WIRE_PCI_BAR_IO;
}

void ConfigView::overlay(u16 offset, Bytes data) const
{
	place(offset, data, WIRE_PCI_DEVICE_ID, 2, type_.transitional_id, 0xffff);
	place(offset, data, WIRE_PCI_COMMAND, 2, io_enabled() ? WIRE_PCI_COMMAND_IO : 0,
	      WIRE_PCI_COMMAND_IO);
	place(offset, data, WIRE_PCI_REVISION, 1, 0, 0xff);
	place(offset, data, WIRE_PCI_BAR0, 4, bar_value(), 0xffffffff);
	place(offset, data, WIRE_PCI_SUBSYSTEM_VENDOR, 2, WIRE_PCI_VENDOR, 0xffff);
	place(offset, data, WIRE_PCI_SUBSYSTEM_ID, 2, type_.virtio_id, 0xffff);
}

void ConfigView::written(u16 offset, ConstBytes data)
{
	if (const auto command = byte_at(offset, data, WIRE_PCI_COMMAND))
		io_enabled_.store(*command & WIRE_PCI_COMMAND_IO);

	u32 bar = bar_.load();
	bool changed = false;
	for (unsigned i = 0; i < 4; i++) {
		const auto byte = byte_at(offset, data, WIRE_PCI_BAR0 + i);
		if (!byte)
			continue;
		bar = (bar & ~(u32{0xff} << (8 * i))) | u32{*byte} << (8 * i);
		changed = true;
	}
	if (changed)
		bar_.store(bar);

	// The enable bit is the top bit of Message Control.
	const auto control = msix_ ? byte_at(offset, data, msix_ + WIRE_MSIX_CONTROL + 1u)
				   : std::nullopt;
	if (!control)
		return;
	const Msix state =
		*control & (WIRE_MSIX_CONTROL_ENABLE >> 8) ? Msix::enabled : Msix::disabled;
	if (msix_state_.exchange(state) != state)
		msix_switches_.add(1);
}

} // namespace core
