// SPDX-License-Identifier: GPL-2.0-only
#include "core/capability_mask.hh"

namespace core {

namespace {

constexpr u8 first_capability = 0x40;
constexpr unsigned next_pointer = 1;	 // of any capability
constexpr unsigned vendor_length = 2;	 // of a vendor-specific one
constexpr u8 pointer_bits = 0xfc;
constexpr u8 no_link = 0xff; // no pointer, as those are multiples of 4
constexpr unsigned slots = capability_space / 4;

} // namespace

/// Slots of the capability at @at; one that is @kept begins no later than where
/// its neighbour's length claims to end.
void CapabilityMask::hide(u16 at, u32 length, u64 kept)
{
	const unsigned first = at / 4u;

	hidden_ |= u64{1} << first;
	for (unsigned slot = first + 1; slot < slots && slot * 4 < at + length; slot++) {
		if (kept >> slot & 1)
			return;
		hidden_ |= u64{1} << slot;
	}
}

base::Status CapabilityMask::hide_virtio(ConstBytes space)
{
	u8 list[slots] = {};
	unsigned count = 0;
	u64 kept = 0;

	clear();
	if (space.size() < capability_space)
		return base::Error::invalid;
	if (!(space[WIRE_PCI_STATUS] & WIRE_PCI_STATUS_CAP_LIST))
		return {};
	for (u8 at = space[WIRE_PCI_CAP_POINTER] & pointer_bits; at != 0;
	     at = space[at + next_pointer] & pointer_bits) {
		if (at < first_capability || count == slots)
			return base::Error::protocol;
		list[count++] = at;
		if (space[at] != WIRE_PCI_CAP_ID_VENDOR)
			kept |= u64{1} << (at / 4);
	}

	base::fill_bytes(link_, no_link);
	// From the end on, so that each kept one knows the next.
	while (count-- > 0) {
		const u8 at = list[count];
		if (space[at] == WIRE_PCI_CAP_ID_VENDOR) {
			hide(at, space[at + vendor_length], kept);
			continue;
		}
		link_[at / 4] = head_;
		head_ = at;
	}
	active_ = true;
	return {};
}

void CapabilityMask::overlay(u32 offset, Bytes data) const
{
	if (!active_)
		return;
	for (usize i = 0; i < data.size() && offset + i < capability_space; i++) {
		const u32 at = static_cast<u32>(offset + i);
		if (hides(at))
			data[i] = 0;
		else if (at == WIRE_PCI_CAP_POINTER)
			data[i] = head_;
		else if (at == WIRE_PCI_STATUS && head_ == 0)
			data[i] &= static_cast<u8>(~WIRE_PCI_STATUS_CAP_LIST);
		else if (at % 4 == next_pointer && link_[at / 4] != no_link)
			data[i] = link_[at / 4];
	}
}

CapabilityMask::Run CapabilityMask::first_run(u64 offset, usize size) const
{
	const bool hidden = hides(offset);
	u64 end = offset + 1;

	// Nothing is hidden from there on, however long the access is.
	while (end < capability_space && hides(end) == hidden)
		end++;
	if (!hidden && end >= capability_space)
		return {size, hidden};
	return {end - offset < size ? end - offset : size, hidden};
}

} // namespace core
