// SPDX-License-Identifier: GPL-2.0-only
// Function resets at any time in the life of a VF: while it is opened or closed, too.
#include "kernel/time.h"
#include "kunit/support/caller.hh"
#include "kunit/support/known.hh"

KT_SUITE(member_reset_life);

using base::u16;
using base::u32;
using base::u64;
using support::Guest;

namespace {

constexpr u16 status = 18;
constexpr u32 all_ones = 0xffffffff;

void begin(Guest &guest)
{
	virtio_legacy_reset_prepare(guest.legacy());
}

void end(Guest &guest)
{
	fake::function_reset(guest.vf());
	virtio_legacy_reset_done(guest.legacy());
}

/// The guest of a function under reset reads ones, and causes no command.
void expect_no_answer(Guest &guest)
{
	fake::forget_commands();
	KT_EXPECT_EQ(guest.in(0, 4), all_ones);
	guest.out(status, 1, 3);
	KT_EXPECT_EQ(guest.in(status, 1), 0xff);
	guest.out(16, 2, 0);
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_EXPECT_EQ(guest.vf().status, 0);
}

/// The guest reads what the device has after the reset, and no cached value.
void expect_answers(Guest &guest)
{
	KT_EXPECT(!guest.view().broken);
	support::expect_unknown(guest);
	guest.out(status, 1, 0);
	guest.out(status, 1, 3);
	KT_EXPECT_EQ(guest.vf().status, 3);
}

int open(void *context)
{
	return static_cast<Guest *>(context)->start() ? 0 : -1;
}

/// A reset that is already under way when the VF is opened.
void open_under_reset(Guest &guest)
{
	begin(guest);
	fake::forget_commands();
	{
		const support::Hurry hurry;
		KT_REQUIRE(guest.start());
	}
	KT_EXPECT_EQ(fake::seen(), 0); // open() asks the device nothing then
	expect_no_answer(guest);
	end(guest);
	expect_answers(guest);
}

} // namespace

GUEST_CASE(function_reset_that_begins_before_open_ends_after_it, guest.ok())
{
	open_under_reset(guest);
}

KT_CASE(function_reset_under_the_in_tree_client_begins_before_open_and_ends_after_it)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(guest.ok());
	open_under_reset(guest);
}

GUEST_CASE(function_reset_that_begins_in_the_midst_of_open_ends_after_it, guest.ok())
{
	support::Caller caller;

	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .kind = fake::Kind::late, .arg = 50});
	caller.call(open, &guest);
	KT_REQUIRE(fake::wait_outstanding(1));
	begin(guest);
	KT_EXPECT_EQ(fake::outstanding(), 0); // waited for
	KT_EXPECT_EQ(caller.finish(), 0);
	expect_no_answer(guest);
	end(guest);
	expect_answers(guest);
}

GUEST_CASE(function_reset_within_open_leaves_nothing_of_before, guest.ok())
{
	begin(guest);
	end(guest);
	KT_REQUIRE(support::start_known(guest));
	guest.function_reset();
	expect_answers(guest);
}

GUEST_CASE(function_reset_that_outlasts_close_leaves_the_next_guest_an_answer,
	   support::start_known(guest))
{
	begin(guest);
	guest.close();
	end(guest);
	KT_REQUIRE(guest.start());
	expect_answers(guest);
}

GUEST_CASE(function_reset_of_a_vf_that_becomes_plain_ends_all_the_same, guest.ok())
{
	begin(guest);
	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), true), 0);
	end(guest);
	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), false), 0);
	KT_REQUIRE(guest.start());
	expect_answers(guest);
}

KT_CASE(function_reset_of_a_closed_vf_waits_for_no_orphan)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(guest.start());
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::hold});
	{
		const support::Hurry hurry;
		KT_EXPECT_EQ(guest.in(0, 4), all_ones);
		guest.close();
	}
	KT_EXPECT_EQ(guest.view().stats.orphans, 1);
	const u64 start = kn_now_ms();
	guest.function_reset(); // as vfio-pci-core does before an open
	KT_EXPECT(support::since(start) < fake::long_ms - 500);
	KT_EXPECT_EQ(guest.open(), base::to_errno(base::Error::busy));
	fake::release_client();
	KT_EXPECT(support::eventually([&guest] { return guest.view().stats.orphans == 0; }));
	KT_REQUIRE(guest.start());
	expect_answers(guest);
}

GUEST_CASE(end_of_a_function_reset_asks_the_device_nothing, guest.start())
{
	support::reset_in_vain(guest);
	fake::add_rule({.kind = fake::Kind::hold, .count = fake::forever});
	begin(guest);
	fake::forget_commands();
	end(guest); // VFIO may hold memory_lock
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_EXPECT(guest.view().broken);
	fake::clear_rules();
	KT_EXPECT_EQ(guest.in(0, 4), guest.vf().features);
	KT_EXPECT(!guest.view().broken);
	KT_EXPECT_EQ(fake::seen(), 2);
}

GUEST_CASE(kick_finds_a_broken_function_mended, guest.start())
{
	support::reset_in_vain(guest);
	begin(guest);
	end(guest);
	guest.out(16, 2, 1);
	KT_EXPECT_EQ(guest.vf().notified[1], 1);
}

GUEST_CASE(command_register_write_finds_a_broken_function_mended, guest.start())
{
	support::reset_in_vain(guest);
	begin(guest);
	end(guest);
	guest.set_config(WIRE_PCI_BAR0, 4, 0xc000);
	KT_EXPECT(guest.view().broken); // no need to know
	guest.set_config(WIRE_PCI_COMMAND, 2, 7);
	KT_EXPECT(!guest.view().broken);
	KT_EXPECT(fake::bus_master(guest.vf()));
}

GUEST_CASE(device_that_is_not_reset_is_asked_once_for_each_function_reset, guest.start())
{
	support::reset_in_vain(guest);
	for (u32 i = 0; i < 2; i++) {
		begin(guest);
		virtio_legacy_reset_done(guest.legacy()); // a reset that failed
		fake::forget_commands();
		for (u32 access = 0; access < 3; access++)
			KT_EXPECT_EQ(guest.in(status, 1), 0xff);
		guest.set_config(WIRE_PCI_COMMAND, 2, 7);
		guest.out(16, 2, 0);
		KT_EXPECT_EQ(fake::seen(), 1);
		KT_EXPECT(!fake::bus_master(guest.vf()));
	}
	guest.function_reset();
	KT_EXPECT_EQ(guest.in(status, 1), 0);
	expect_answers(guest);
}

GUEST_CASE(device_that_does_not_answer_is_asked_by_the_next_access, guest.start())
{
	support::reset_in_vain(guest);
	begin(guest);
	end(guest);
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::status,
			.arg = 16});
	KT_EXPECT_EQ(guest.in(0, 4), all_ones);
	KT_EXPECT(guest.view().broken);
	KT_EXPECT_EQ(guest.in(0, 4), guest.vf().features);
	KT_EXPECT(!guest.view().broken);
}

GUEST_CASE(broken_function_with_io_off_or_in_d3hot_is_not_asked, guest.start())
{
	support::reset_in_vain(guest);
	begin(guest);
	end(guest);
	fake::forget_commands();
	fake::set_d3(guest.vf(), true);
	KT_EXPECT_EQ(guest.in(0, 4), all_ones);
	fake::set_d3(guest.vf(), false);
	begin(guest);
	KT_EXPECT_EQ(guest.in(0, 4), all_ones);
	KT_EXPECT_EQ(fake::seen(), 0);
	end(guest);
	KT_EXPECT_EQ(guest.in(0, 4), guest.vf().features);
}

KT_SUITE_END(member_reset_life);
