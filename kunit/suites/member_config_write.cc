// SPDX-License-Identifier: GPL-2.0-only
// Writes of configuration space of any length: the whole count, as from vfio-pci, whatever lies in
// between.
#include "kunit/support/guest.hh"

KT_SUITE(member_config_write);

using base::Error;
using base::to_errno;
using base::u16;
using base::u32;
using base::u8;
using base::usize;
using support::Guest;

namespace {

constexpr u16 bar1 = WIRE_PCI_BAR0 + 4;

bool open_with_hidden(Guest &guest)
{
	return virtio_legacy_set_hide_modern(guest.legacy(), true) == 0 && guest.open() == 0;
}

void forget_writes(Guest &guest)
{
	base::fill_bytes(guest.vf().config_writes, 0);
}

/// Bytes from @start to @end that did not come to VFIO exactly @times.
u32 wrong_writes(const Guest &guest, u32 start, u32 end, u32 times)
{
	u32 wrong = 0;

	for (u32 at = start; at < end; at++)
		wrong += guest.vf().config_writes[at] != times;
	return wrong;
}

/// The header of a guest that has I/O decoding and bus mastering on, BAR0 at 0xe000, and BAR1.
void fill_header(u8 (&data)[fake::config_bytes])
{
	base::fill_bytes(data, 0);
	data[WIRE_PCI_COMMAND] = 0x07;
	data[WIRE_PCI_BAR0 + 1] = 0xe0;
	data[bar1] = 0x5a;
}

void expect_header(Guest &guest)
{
	KT_EXPECT_EQ(guest.config(WIRE_PCI_BAR0, 4), 0xe001);
	KT_EXPECT_EQ(guest.config(bar1, 1), 0x5a);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 2) & 1, 1);
}

} // namespace

GUEST_CASE(write_of_the_whole_header_is_done_at_once, guest.open() == 0)
{
	u8 data[fake::config_bytes];

	fill_header(data);
	forget_writes(guest);
	KT_EXPECT_EQ(guest.write_config(0, data, sizeof(data)), sizeof(data));
	KT_EXPECT_EQ(wrong_writes(guest, 0, fake::config_bytes, 1), 0);
	KT_EXPECT(fake::bus_master(guest.vf()));
	expect_header(guest);
}

GUEST_CASE(write_of_the_whole_header_leaves_out_what_is_hidden, open_with_hidden(guest))
{
	const u16 msix = support::msix_of(guest.vf());
	const u16 hidden = guest.vf().config[msix + 1];
	const u16 end = static_cast<u16>(hidden + 16 * 3 + 20); // three structures, and notify
	u8 data[fake::config_bytes];

	fill_header(data);
	data[msix + 3] = WIRE_MSIX_CONTROL_ENABLE >> 8;
	forget_writes(guest);
	KT_EXPECT_EQ(guest.write_config(0, data, sizeof(data)), sizeof(data));
	KT_EXPECT_EQ(wrong_writes(guest, 0, hidden, 1), 0);
	KT_EXPECT_EQ(wrong_writes(guest, hidden, end, 0), 0);
	KT_EXPECT_EQ(wrong_writes(guest, end, fake::config_bytes, 1), 0);
	expect_header(guest);
	KT_EXPECT_EQ(guest.config(msix + 2, 2) & WIRE_MSIX_CONTROL_ENABLE, WIRE_MSIX_CONTROL_ENABLE);
	KT_EXPECT_EQ(guest.in(22, 2), WIRE_NO_VECTOR); // the layout with MSI-X
}

GUEST_CASE(write_of_any_length_at_any_offset_is_whole, open_with_hidden(guest))
{
	const u8 data[fake::config_bytes] = {};
	u32 wrong = 0;

	for (u16 offset = 0; offset < fake::config_bytes; offset++)
		for (const usize count : {1, 2, 3, 4, 5, 8, 63, 64, 65, 130, 256})
			wrong += guest.write_config(offset, data, count) != static_cast<long>(count);
	KT_EXPECT_EQ(wrong, 0);
}

GUEST_CASE(write_of_all_of_configuration_space_is_whole, open_with_hidden(guest))
{
	static u8 data[fake::config_region_bytes];

	base::fill_bytes(data, 0);
	data[WIRE_PCI_BAR0 + 1] = 0xe0;
	KT_EXPECT_EQ(guest.write_config(0, data, sizeof(data)), sizeof(data));
	KT_EXPECT_EQ(guest.config(WIRE_PCI_BAR0, 4), 0xe001);
	KT_EXPECT_EQ(guest.write_config(0x100, data, sizeof(data) - 0x100), sizeof(data) - 0x100);
}

GUEST_CASE(write_past_the_end_changes_nothing, open_with_hidden(guest))
{
	static u8 data[fake::config_region_bytes + 1];
	const long fault = to_errno(Error::fault);

	base::fill_bytes(data, 0xff);
	forget_writes(guest);
	KT_EXPECT_EQ(guest.write_config(0, data, sizeof(data)), fault);
	KT_EXPECT_EQ(guest.write_config(fake::config_region_bytes - 1, data, 2), fault);
	KT_EXPECT_EQ(guest.write_config(fake::config_region_bytes, data, 1), fault);
	KT_EXPECT_EQ(guest.write_config(WIRE_PCI_BAR0, data, ~usize{0} >> 1), fault);
	KT_EXPECT_EQ(guest.write_config((u64{1} << KN_VFIO_OFFSET_SHIFT) - 1, data, 4), fault);
	KT_EXPECT_EQ(wrong_writes(guest, 0, fake::config_bytes, 0), 0);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_BAR0, 4), 1);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 2) & 1, 0);
}

GUEST_CASE(read_of_any_length_is_whole, open_with_hidden(guest))
{
	static u8 data[fake::config_region_bytes + 1];

	KT_EXPECT_EQ(guest.read_config(0, data, fake::config_region_bytes), fake::config_region_bytes);
	KT_EXPECT_EQ(guest.read_config(1, data, 4095), 4095);
	KT_EXPECT_EQ(guest.read_config(0, data, sizeof(data)), to_errno(Error::fault));
}

GUEST_CASE(long_write_to_a_broken_function_leaves_out_the_command_register, guest.start())
{
	u8 data[fake::config_bytes];

	support::reset_in_vain(guest);
	fill_header(data);
	for (const u16 start : {u16{0}, u16{4}, u16{5}}) {
		forget_writes(guest);
		KT_EXPECT_EQ(guest.write_config(start, data + start, sizeof(data) - start),
			     sizeof(data) - start);
		KT_EXPECT_EQ(wrong_writes(guest, start, 4, 1), 0);
		KT_EXPECT_EQ(wrong_writes(guest, 4, 6, 0), 0);
		KT_EXPECT_EQ(wrong_writes(guest, 6, fake::config_bytes, 1), 0);
		KT_EXPECT(!fake::bus_master(guest.vf()));
		expect_header(guest);
	}
	forget_writes(guest);
	guest.set_config(WIRE_PCI_COMMAND, 1, 0);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 1) & 1, 0); // the I/O enable bit is the view's
	guest.set_config(WIRE_PCI_COMMAND + 1, 1, 0);
	KT_EXPECT_EQ(wrong_writes(guest, 0, fake::config_bytes, 0), 0);
}

GUEST_CASE(error_in_the_midst_of_a_write_is_the_outcome, open_with_hidden(guest))
{
	u8 data[fake::config_bytes];

	fill_header(data);
	guest.vf().on_config_write = [](fake::Vf &) { fake::fail_next(fake::Call::vfio_write); };
	KT_EXPECT_EQ(guest.write_config(0, data, sizeof(data)), to_errno(Error::io));
	expect_header(guest); // the part before
}

KT_SUITE_END(member_config_write);
