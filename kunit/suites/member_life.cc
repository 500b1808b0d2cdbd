// SPDX-License-Identifier: GPL-2.0-only
// Opening, closing and counting.
#include "core/lock_guard.hh"
#include "kunit/support/caller.hh"
#include "kunit/support/guest.hh"
#include "kunit/support/queue.hh"

KT_SUITE(member_life);

using base::u32;
using base::u64;
using base::u8;
using support::Guest;
using support::same_text;

KT_CASE(open_marks_the_vf_as_assigned)
{
	KT_REQUIRE(support::bring_up());
	Guest guest;
	KT_EXPECT(!guest.vf().assigned);
	KT_REQUIRE(guest.open() == 0);
	KT_EXPECT(guest.vf().assigned);
	guest.close();
	KT_EXPECT(!guest.vf().assigned);
	KT_EXPECT_EQ(fake::outstanding(), 0);
}

KT_CASE(open_and_close_many_times)
{
	KT_REQUIRE(support::bring_up());
	Guest guest;
	for (u32 i = 0; i < 10; i++) {
		KT_REQUIRE(guest.start());
		KT_EXPECT_EQ(guest.in(0, 4), guest.vf().features);
		guest.close();
	}
	// The list is settled once.
	KT_EXPECT_EQ(fake::seen(WIRE_ADMIN_LIST_QUERY), 1);
	KT_EXPECT_EQ(fake::seen(WIRE_ADMIN_LIST_USE), 1);
	KT_EXPECT_EQ(fake::seen(WIRE_ADMIN_LEGACY_NOTIFY_INFO), 10);
}

GUEST_CASE(open_members_keep_their_vfs, guest.open() == 0)
{
	KT_EXPECT_EQ(fake::make_vfs(0), base::to_errno(base::Error::busy));
	KT_EXPECT(guest.vf().assigned);
}

KT_CASE(so_do_plain_ones)
{
	fake::Options options;

	options.vf_has_bar0 = true;
	KT_REQUIRE(support::bring_up(options));
	{
		Guest guest;
		KT_REQUIRE(guest.open() == 0);
		KT_EXPECT_EQ(fake::make_vfs(0), base::to_errno(base::Error::busy));
		KT_EXPECT(guest.vf().assigned);
		guest.close();
		KT_EXPECT(!guest.vf().assigned);
	}
	KT_EXPECT_EQ(fake::make_vfs(0), 0);
}

GUEST_CASE(close_takes_commands_back, guest.start())
{
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::hold});
	{
		const support::Hurry hurry;
		KT_EXPECT_EQ(guest.in(0, 4), 0xffffffff);
		guest.close();
	}
	KT_EXPECT_EQ(fake::outstanding(), 0);
	KT_EXPECT_EQ(guest.view().stats.orphans, 0);
	KT_REQUIRE(guest.start());
	KT_EXPECT_EQ(guest.in(0, 4), guest.vf().features);
}

GUEST_CASE(no_memory_lets_nobody_in, guest.ok())
{
	fake::fail_alloc(0);
	KT_EXPECT_EQ(guest.open(), base::to_errno(base::Error::no_memory));
	KT_EXPECT(!guest.vf().assigned);
	KT_EXPECT(same_text(guest.view().doorbell, "closed"));

	KT_REQUIRE(guest.start());
	KT_EXPECT_EQ(guest.in(0, 4), guest.vf().features);
}

KT_CASE(neither_to_be_known_nor_to_be_plain_takes_memory)
{
	fake::Options options;

	options.vf_has_bar0 = true;
	KT_REQUIRE(support::bring_up(options));
	fake::fail_alloc(0);
	Guest guest;
	KT_EXPECT_EQ(guest.open(), 0);
}

GUEST_CASE(a_dead_owner_lets_nobody_in, guest.ok())
{
	fake::set_gone(true);
	virtio_owner_bury(fake::pf().owner);
	KT_EXPECT_EQ(guest.open(), base::to_errno(base::Error::no_device));
	KT_EXPECT(!guest.vf().assigned);
}

GUEST_CASE(owner_that_may_work_again_asks_for_another_open, guest.ok())
{
	fake::add_rule({.kind = fake::Kind::hold, .count = fake::forever});
	{
		const support::Hurry hurry;
		for (u32 i = 0; i < 3; i++) // live, then stalled
			KT_EXPECT_EQ(guest.open(), base::to_errno(base::Error::again));
		KT_EXPECT(support::reaches_state("stalled", 5000));
		KT_EXPECT_EQ(guest.open(), base::to_errno(base::Error::again));
	}
	virtio_owner_lose(fake::pf().owner);
	KT_EXPECT(support::has_state("lost"));
	KT_EXPECT_EQ(guest.open(), base::to_errno(base::Error::again));
	KT_EXPECT(!guest.vf().assigned);
	fake::clear_rules();
	virtio_owner_freeze(fake::pf().owner);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT(guest.start());
}

GUEST_CASE(owner_that_dies_during_an_open_asks_for_no_other_one, guest.ok())
{
	support::Caller caller;

	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .kind = fake::Kind::hold});
	caller.call([](void *context) { return static_cast<Guest *>(context)->open(); }, &guest);
	KT_EXPECT(fake::wait_outstanding(1));
	fake::set_gone(true);
	virtio_owner_bury(fake::pf().owner);
	KT_EXPECT_EQ(caller.finish(), base::to_errno(base::Error::no_device));
	KT_EXPECT(!guest.vf().assigned);
}

GUEST_CASE(removed_pf_that_is_not_observed_yet_asks_for_no_other_open, guest.ok())
{
	support::Caller caller;

	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .kind = fake::Kind::hold});
	caller.call([](void *context) { return static_cast<Guest *>(context)->open(); }, &guest);
	KT_EXPECT(fake::wait_outstanding(1));
	auto &owner = *reinterpret_cast<owner::Owner *>(fake::pf().owner);
	core::MutexGuard observation_waits{owner.controller().supervisor().mutex()};
	fake::set_gone(true);
	KT_EXPECT_EQ(caller.finish(), base::to_errno(base::Error::no_device));
	KT_EXPECT(support::has_state("live"));
}

GUEST_CASE(what_an_administrator_sees, guest.start_forwarding())
{
	support::paint_registers(guest.vf(), 28);

	(void)guest.in(0, 4);
	(void)guest.in(20, 1);
	(void)guest.in(21, 1);
	guest.out(4, 4, 1);
	guest.out(24, 1, 1);
	guest.out(16, 2, 0);
	const virtio_legacy_view view = guest.view();
	KT_EXPECT(same_text(view.admin_queue, "own"));
	KT_EXPECT(same_text(view.type, "net"));
	KT_EXPECT(view.has_stats);
	KT_EXPECT(!view.broken);
	KT_EXPECT_EQ(view.stats.commands[WIRE_ADMIN_LEGACY_COMMON_CFG_READ], 1);
	KT_EXPECT_EQ(view.stats.commands[WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE], 2);
	KT_EXPECT_EQ(view.stats.commands[WIRE_ADMIN_LEGACY_DEV_CFG_READ], 2);
	KT_EXPECT_EQ(view.stats.commands[WIRE_ADMIN_LEGACY_DEV_CFG_WRITE], 1);
	KT_EXPECT_EQ(view.stats.commands[WIRE_ADMIN_LEGACY_NOTIFY_INFO], 1);
	KT_EXPECT_EQ(view.doorbells[0], 1);
	KT_EXPECT_EQ(view.stats.timeouts, 0);
	KT_EXPECT_EQ(view.stats.orphans, 0);
	KT_EXPECT_EQ(view.stats.epoch, 1);
}

KT_SUITE_END(member_life);
