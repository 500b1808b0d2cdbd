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
	interrupt_disabled_.store(false);
	msix_masked_.store(false);
	bar_.store(0);
	function_reset();
}

u32 ConfigView::bar_value() const
{
	return (bar_.load() & ~u32{type_.bar_size() - 1u}) | WIRE_PCI_BAR_IO;
}

/// Message Control of the VF itself may have the driver's own bits.
void ConfigView::overlay_interrupt(u16 offset, Bytes data, const InterruptView &interrupt) const
{
	constexpr u16 pin = 1;
	const u32 enabled = interrupt.msix ? WIRE_MSIX_CONTROL_ENABLE : 0;
	const u32 masked = msix_masked_.load() ? WIRE_MSIX_CONTROL_MASK_ALL : 0;

	place(offset, data, WIRE_PCI_INTERRUPT_PIN, 1, pin, 0xff);
	place(offset, data, WIRE_PCI_STATUS, 1,
	      interrupt.pending && !interrupt.msix ? WIRE_PCI_STATUS_INTERRUPT : 0,
	      WIRE_PCI_STATUS_INTERRUPT);
	place(offset, data, msix_control(), 2, enabled | masked,
	      WIRE_MSIX_CONTROL_ENABLE | WIRE_MSIX_CONTROL_MASK_ALL);
}

void ConfigView::overlay(u16 offset, Bytes data, const InterruptView &interrupt) const
{
	if (interrupt.offered)
		overlay_interrupt(offset, data, interrupt);
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
	if (const auto command = byte_at(offset, data, WIRE_PCI_COMMAND + 1))
		interrupt_disabled_.store(*command & WIRE_PCI_COMMAND_INTX_DISABLE >> 8);

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

	const auto control = msix_ ? byte_at(offset, data, msix_control() + 1u) : std::nullopt;
	if (control)
		control_written(*control);
}

/// @high: of Message Control, where the guest's bits are.
void ConfigView::control_written(u8 high)
{
	const Msix state = high & WIRE_MSIX_CONTROL_ENABLE >> 8 ? Msix::enabled : Msix::disabled;

	msix_masked_.store(high & WIRE_MSIX_CONTROL_MASK_ALL >> 8);
	if (msix_state_.exchange(state) != state)
		msix_switches_.add(1);
}

} // namespace core
