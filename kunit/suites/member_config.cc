// SPDX-License-Identifier: GPL-2.0-only
// Configuration space through VFIO: bytes, unaligned, straddling.
#include "kunit/support/guest.hh"

KT_SUITE(member_config);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using base::usize;
using support::Guest;

namespace {

constexpr long fault = -14;

/// Offsets that the view changes entirely, and to what.
struct Shown {
	u16 offset;
	u8 value;
};
constexpr Shown shown[] = {
	{0x02, 0x00}, {0x03, 0x10}, {0x08, 0x00}, {0x10, 0x01}, {0x11, 0x00}, {0x12, 0x00},
	{0x13, 0x00}, {0x2c, 0xf4}, {0x2d, 0x1a}, {0x2e, 0x01}, {0x2f, 0x00},
	{0x3d, 0x01},
};

u8 expected(const Guest &guest, u16 offset)
{
	for (const Shown &byte : shown)
		if (byte.offset == offset)
			return byte.value;
	const u8 own = guest.vf().config[offset];
	return offset == WIRE_PCI_COMMAND ? static_cast<u8>(own & 0xfe) : own;
}

bool reads_right(Guest &guest, u16 offset, usize count)
{
	u8 data[16];

	base::fill_bytes(data, 0xa5);
	if (guest.read_config(offset, data, count) != static_cast<long>(count))
		return false;
	for (u16 i = 0; i < count; i++)
		if (data[i] != expected(guest, static_cast<u16>(offset + i)))
			return false;
	return count == sizeof(data) || data[count] == 0xa5;
}

} // namespace

GUEST_CASE(reads_of_any_width_and_alignment, guest.open() == 0)
{
	for (u16 offset = 0; offset < 0x50; offset++)
		for (const usize count : {1, 2, 3, 4, 8, 16})
			KT_EXPECT(reads_right(guest, offset, count));
}

GUEST_CASE(the_whole_space_at_once, guest.open() == 0)
{
	u8 data[fake::config_bytes];

	KT_EXPECT_EQ(guest.read_config(0, data, sizeof(data)), sizeof(data));
	u32 wrong = 0;
	for (u16 i = 0; i < sizeof(data); i++)
		wrong += data[i] != expected(guest, i);
	KT_EXPECT_EQ(wrong, 0);
}

GUEST_CASE(no_command_comes_of_it, guest.open() == 0)
{
	fake::forget_commands();
	(void)guest.config(WIRE_PCI_BAR0, 4);
	guest.set_config(WIRE_PCI_BAR0, 4, 0xffffffff);
	guest.set_config(WIRE_PCI_COMMAND, 2, 7);
	KT_EXPECT_EQ(fake::seen(), 0);
}

GUEST_CASE(the_bar_is_sized_as_an_os_does_it, guest.open() == 0)
{
	guest.set_config(WIRE_PCI_COMMAND, 2, 0x0100); // decoding off
	guest.set_config(WIRE_PCI_BAR0, 4, 0xffffffff);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_BAR0, 4), 0xffffffc1); // 64 bytes of I/O
	guest.set_config(WIRE_PCI_BAR0, 4, 0xc040);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_BAR0, 4), 0xc041);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_BAR0 + 1, 2), 0x00c0);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_BAR0 - 2, 4) >> 16, 0xc041);

	guest.set_config(WIRE_PCI_BAR0 + 1, 1, 0xd0);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_BAR0, 4), 0xd041);
}

GUEST_CASE(the_io_bit_is_kept, guest.open() == 0)
{
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 2) & 1, 0);
	guest.set_config(WIRE_PCI_COMMAND, 2, 0x0507);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 2) & 1, 1);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 1) & 1, 1);
	KT_EXPECT_EQ(guest.in(0, 4), guest.vf().features);
	guest.set_config(WIRE_PCI_COMMAND, 1, 0x06);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 2) & 1, 0);
	KT_EXPECT_EQ(guest.in(0, 4), 0xffffffff);
}

GUEST_CASE(user_memory_that_faults, guest.open() == 0)
{
	void *const bad = reinterpret_cast<void *>(fake::bad_user_address - 8);

	KT_EXPECT_EQ(guest.read_config(0, bad, 4), fault);
	KT_EXPECT_EQ(guest.write_config(WIRE_PCI_COMMAND, bad, 2), fault);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 2) & 1, 0);
}

GUEST_CASE(what_vfio_refuses_was_not_written, guest.open() == 0)
{
	const u8 command[] = {0x07, 0x00};
	u8 data[4] = {0x5a, 0x5a, 0x5a, 0x5a};

	fake::fail_next(fake::Call::vfio_write);
	KT_EXPECT_EQ(guest.write_config(WIRE_PCI_COMMAND, command, 2),
		     base::to_errno(base::Error::io));
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 2) & 1, 0);
	fake::fail_next(fake::Call::vfio_read);
	KT_EXPECT_EQ(guest.read_config(0, data, 4), base::to_errno(base::Error::io));
	KT_EXPECT_EQ(data[2], 0x5a);
}

GUEST_CASE(reopening_starts_afresh, guest.start())
{
	guest.set_config(WIRE_PCI_BAR0, 4, 0xc040);
	guest.close();
	KT_REQUIRE(guest.open() == 0);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_BAR0, 4), 1);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 2) & 1, 0);
	KT_EXPECT_EQ(guest.in(0, 4), 0xffffffff);
}

KT_SUITE_END(member_config);
