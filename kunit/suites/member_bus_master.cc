// SPDX-License-Identifier: GPL-2.0-only
// Bus mastering for guests that never enable it.
#include "kunit/support/guest.hh"

KT_SUITE(member_bus_master);

using base::u16;
using base::u32;
using support::Guest;

namespace {

constexpr u16 address = 8, size = 12, select = 14, status = 18;
constexpr u32 io_only = WIRE_PCI_COMMAND_IO;
constexpr u32 never = 0xffffffff;

/// As pci_enable_device() of such a guest leaves the command register.
bool open_without_master(Guest &guest)
{
	if (!KT_EXPECT_EQ(guest.open(), 0))
		return false;
	guest.set_config(WIRE_PCI_COMMAND, 2, io_only);
	return true;
}

void set_address(Guest &guest, u32 page)
{
	guest.out(select, 2, 0);
	guest.out(address, 4, page);
}

} // namespace

// Linux before 2.6.34, RHEL 6.3.
GUEST_CASE(old_linux_gets_bus_mastering, open_without_master(guest))
{
	guest.out(status, 1, 0);
	guest.out(status, 1, 1);
	guest.out(status, 1, 3);
	guest.out(select, 2, 0);
	(void)guest.in(size, 2);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	guest.out(address, 4, 0x1234);
	KT_EXPECT(fake::bus_master(guest.vf()));
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 2), io_only | WIRE_PCI_COMMAND_MASTER);
}

// Solo5, MINIX: status 1, 2 and 4, one after the other.
KT_CASE(guest_that_never_writes_status_3_gets_bus_mastering)
{
	for (const bool forwarding : {false, true}) {
		KT_REQUIRE(support::bring_up());
		Guest guest;
		KT_REQUIRE(forwarding ? guest.start_forwarding() : guest.start());
		guest.set_config(WIRE_PCI_COMMAND, 2, io_only);
		guest.out(status, 1, 0);
		guest.out(status, 1, 1);
		guest.out(status, 1, 2);
		set_address(guest, 0x1234);
		guest.out(status, 1, 4);
		KT_EXPECT(fake::bus_master(guest.vf()));
	}
}

GUEST_CASE(guest_with_msix_gets_bus_mastering, open_without_master(guest))
{
	guest.set_msix(true);
	set_address(guest, 0x1234);
	KT_EXPECT(fake::bus_master(guest.vf()));
}

GUEST_CASE(address_of_any_width_gives_bus_mastering, open_without_master(guest))
{
	guest.out(address, 1, 1);
	KT_EXPECT(fake::bus_master(guest.vf()));
}

GUEST_CASE(address_of_0_gives_no_bus_mastering, open_without_master(guest))
{
	guest.out(status, 1, 0);
	guest.out(status, 1, 3);
	set_address(guest, 0);
	guest.out(address + 1, 2, 1); // in the middle of the register
	guest.out(status, 1, 7);
	KT_EXPECT(!fake::bus_master(guest.vf()));
}

GUEST_CASE(guest_that_clears_the_bit_later_is_obeyed, open_without_master(guest))
{
	set_address(guest, 0x1234);
	guest.set_config(WIRE_PCI_COMMAND, 2, io_only);
	guest.out(status, 1, 7);
	(void)guest.in(address, 4);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	KT_EXPECT_EQ(guest.config(WIRE_PCI_COMMAND, 2), io_only);
	set_address(guest, 0x5678); // it uses the device again
	KT_EXPECT(fake::bus_master(guest.vf()));
}

GUEST_CASE(bit_that_is_set_is_left_alone, guest.start())
{
	fake::fail_next(fake::Call::command_lock); // would end the access
	set_address(guest, 0x1234);
	KT_EXPECT_EQ(guest.vf().queue_address[0], 0x1234u);
	guest.set_config(WIRE_PCI_COMMAND, 2, io_only);
	const base::u8 page[4] = {1, 0, 0, 0};
	KT_EXPECT_EQ(guest.write_bar(address, page, 4), base::to_errno(base::Error::interrupted));
	KT_EXPECT_EQ(guest.vf().queue_address[0], 0x1234u);
}

GUEST_CASE(broken_function_gets_no_bus_mastering, open_without_master(guest))
{
	set_address(guest, 0x1234);
	{
		const support::Hurry hurry;
		guest.vf().status = 7;
		guest.vf().status_reads_until_reset = never;
		guest.out(status, 1, 0);
	}
	KT_EXPECT(guest.view().broken);
	set_address(guest, 0x5678);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	guest.vf().status_reads_until_reset = 0;
	guest.function_reset();
	set_address(guest, 0x5678);
	KT_EXPECT(!guest.view().broken);
	KT_EXPECT(fake::bus_master(guest.vf()));
}

GUEST_CASE(function_with_io_off_gets_no_bus_mastering, open_without_master(guest))
{
	guest.set_config(WIRE_PCI_COMMAND, 2, 0);
	set_address(guest, 0x1234);
	KT_EXPECT(!fake::bus_master(guest.vf()));
}

GUEST_CASE(function_in_d3hot_gets_no_bus_mastering, open_without_master(guest))
{
	fake::set_d3(guest.vf(), true);
	set_address(guest, 0x1234);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	fake::set_d3(guest.vf(), false);
	set_address(guest, 0x1234);
	KT_EXPECT(fake::bus_master(guest.vf()));
}

GUEST_CASE(function_that_enters_d3hot_before_the_lock_gets_no_bus_mastering,
	   open_without_master(guest))
{
	guest.vf().on_command_lock = [](fake::Vf &vf) { fake::set_d3(vf, true); };
	set_address(guest, 0x1234);
	KT_EXPECT(!fake::bus_master(guest.vf()));
	fake::set_d3(guest.vf(), false);
	set_address(guest, 0x1234);
	KT_EXPECT(fake::bus_master(guest.vf()));
}

GUEST_CASE(function_reset_leaves_the_bit_and_the_next_guest_driver_works,
	   open_without_master(guest))
{
	set_address(guest, 0x1234);
	guest.function_reset(); // while VFIO holds memory_lock
	KT_EXPECT_EQ(guest.vf().queue_address[0], 0u);
	set_address(guest, 0x5678);
	KT_EXPECT(fake::bus_master(guest.vf()));
	KT_EXPECT_EQ(guest.vf().queue_address[0], 0x5678u);
}

KT_CASE(plain_vf_gets_no_bus_mastering)
{
	KT_REQUIRE(support::bring_up());
	Guest guest;
	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), true), 0);
	KT_REQUIRE(open_without_master(guest));
	set_address(guest, 0x1234);
	KT_EXPECT(!fake::bus_master(guest.vf()));
}

KT_SUITE_END(member_bus_master);
