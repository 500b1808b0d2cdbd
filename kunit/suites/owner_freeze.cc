// SPDX-License-Identifier: GPL-2.0-only
// Resets and suspends of the PF from outside: commands wait, a new epoch begins.
#include "kunit/support/caller.hh"
#include "kunit/support/text.hh"

using support::Caller;
using support::read_status;

namespace {

void freeze()
{
	virtio_owner_freeze(fake::pf().owner);
}

int thaw()
{
	return virtio_owner_thaw(fake::pf().owner);
}

int freeze_call(void *)
{
	freeze();
	return 0;
}

} // namespace

KT_SUITE(owner_freeze);

KT_CASE(a_new_epoch_after_it)
{
	KT_REQUIRE(support::bring_up_members(2));
	freeze();
	KT_EXPECT(support::has_state("frozen"));
	// Nothing of ours is the device's any more, and it may not write.
	KT_EXPECT_EQ(fake::device_status(), 0);
	KT_EXPECT(!fake::bus_master(fake::pf()));
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(thaw(), 0);
	KT_EXPECT(support::has_state("live"));
	KT_EXPECT_EQ(support::owner_view().stats.epoch, 2u);
	KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(read_status(2), 0);
	// The list again, once.
	KT_EXPECT_EQ(fake::seen(WIRE_ADMIN_LIST_USE), 1u);
	support::close_members(2);
}

KT_CASE(commands_wait_for_its_end)
{
	KT_REQUIRE(support::bring_up_members(2));
	freeze();
	Caller one, two;
	one.read(1);
	two.write(2, WIRE_LEGACY_STATUS, 7);
	support::sleep_ms(50);
	KT_EXPECT(!one.done());
	KT_EXPECT_EQ(fake::seen(), 0u);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(thaw(), 0);
	KT_EXPECT_EQ(one.finish(), 0);
	KT_EXPECT_EQ(two.finish(), 0);
	KT_EXPECT_EQ(fake::vf(2).status, 7);
	support::close_members(2);
}

KT_CASE(but_not_longer_than_their_deadline)
{
	KT_REQUIRE(support::bring_up_members(1));
	freeze();
	fake::set_timeout(fake::short_ms);
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(read_status(1), -110);
	KT_EXPECT(kn_now_ms() - start < fake::short_ms + 1000);
	fake::set_timeout(fake::long_ms);
	KT_EXPECT_EQ(thaw(), 0);
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(it_waits_for_what_is_outstanding)
{
	KT_REQUIRE(support::bring_up_members(1));
	fake::add_rule({.kind = fake::Kind::hold});
	Caller command, freezer;
	command.read(1);
	KT_REQUIRE(fake::wait_outstanding(1));
	freezer.call(freeze_call, nullptr);
	support::sleep_ms(50);
	KT_EXPECT(!freezer.done());
	KT_EXPECT_EQ(fake::device_status(), 0x0f);
	fake::answer_all();
	KT_EXPECT_EQ(command.finish(), 0);
	(void)freezer.finish();
	KT_EXPECT_EQ(fake::device_status(), 0);
	KT_EXPECT_EQ(thaw(), 0);
	support::close_members(1);
}

KT_CASE(but_not_for_ever)
{
	KT_REQUIRE(support::bring_up_members(1));
	fake::add_rule({.kind = fake::Kind::hold});
	Caller command;
	command.read(1);
	KT_REQUIRE(fake::wait_outstanding(1));
	fake::set_timeout(fake::short_ms);
	const u64 start = kn_now_ms();
	freeze();
	KT_EXPECT(kn_now_ms() - start < fake::short_ms + 1000);
	fake::set_timeout(fake::long_ms);
	// The device was reset, so the slot is free, and the command is sent again.
	KT_EXPECT_EQ(support::owner_view().stats.orphans, 0u);
	KT_EXPECT_EQ(thaw(), 0);
	KT_EXPECT_EQ(command.finish(), 0);
	support::close_members(1);
}

KT_CASE(a_device_that_does_not_stop)
{
	KT_REQUIRE(support::bring_up_members(1));
	fake::set_reset_confirmed(false);
	fake::add_rule({.kind = fake::Kind::hold});
	fake::set_timeout(fake::short_ms);
	KT_EXPECT(read_status(1) < 0);
	freeze();
	KT_EXPECT(!fake::bus_master(fake::pf()));
	// The reset from outside does what ours did not.
	fake::function_reset(fake::pf());
	fake::set_reset_confirmed(true);
	fake::set_timeout(fake::long_ms);
	KT_EXPECT_EQ(thaw(), 0);
	KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(support::owner_view().stats.orphans, 0u);
	support::close_members(1);
}

KT_CASE(a_device_that_does_not_come_back)
{
	KT_REQUIRE(support::bring_up_members(1));
	freeze();
	fake::set_gone(true);
	KT_EXPECT(thaw() < 0);
	KT_EXPECT(support::has_state("dead"));
	KT_EXPECT_EQ(fake::given_up(), 0u);
	KT_EXPECT_EQ(read_status(1), -19);
	support::close_members(1);
}

KT_CASE(another_device_comes_back)
{
	KT_REQUIRE(support::bring_up_members(1));
	freeze();
	fake::function_reset(fake::pf());
	fake::pf().options.access_platform = false;
	KT_EXPECT_EQ(thaw(), 0);
	KT_EXPECT(support::has_state("stalled"));
	KT_EXPECT_EQ(fake::given_up(), 1u);
	KT_EXPECT_EQ(read_status(1), -19);
	// It is tried again.
	fake::pf().options.access_platform = true;
	KT_EXPECT(support::reaches_state("live", 3000));
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(queue_is_found_where_the_reset_has_put_it)
{
	KT_REQUIRE(support::bring_up_members(1));
	for (const u16 index : {u16{3}, u16{0xffff}, u16{1}}) {
		freeze();
		fake::function_reset(fake::pf());
		fake::pf().options.queue_index = index;
		fake::pf().options.notify_offset = index % 5;
		KT_EXPECT_EQ(thaw(), 0);
		KT_EXPECT_EQ(read_status(1), 0);
	}
	support::close_members(1);
}

KT_CASE(device_without_its_queue_after_a_reset_stalls_the_owner)
{
	for (const bool number : {true, false}) {
		KT_REQUIRE(support::bring_up_members(1));
		freeze();
		fake::function_reset(fake::pf());
		fake::pf().options.queue_count = number ? 0 : 1;
		fake::pf().options.queue_size = number ? 64 : 32; // the ring has 64
		fake::function_reset(fake::pf());
		KT_EXPECT_EQ(thaw(), 0);
		KT_EXPECT(support::has_state("stalled"));
		KT_EXPECT_EQ(fake::given_up(), 1u);
		support::close_members(1);
	}
}

KT_CASE(freeze_of_a_lost_owner_makes_accesses_wait_and_stops_the_device)
{
	KT_REQUIRE(support::bring_up_members(1));
	virtio_owner_lose(fake::pf().owner);
	KT_EXPECT_EQ(read_status(1), -19);
	freeze();
	KT_EXPECT(support::has_state("frozen"));
	KT_EXPECT_EQ(fake::device_status(), 0);
	KT_EXPECT(!fake::bus_master(fake::pf()));
	Caller caller;
	caller.read(1);
	support::sleep_ms(50);
	KT_EXPECT(!caller.done());
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(thaw(), 0);
	KT_EXPECT_EQ(caller.finish(), 0);
	KT_EXPECT(support::has_state("live"));
	support::close_members(1);
}

KT_CASE(dead_owner_works_after_a_reset_by_hand)
{
	KT_REQUIRE(support::bring_up_members(1));
	virtio_owner_bury(fake::pf().owner);
	KT_EXPECT(support::has_state("dead"));
	freeze();
	KT_EXPECT(support::has_state("frozen"));
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(thaw(), 0);
	KT_EXPECT(support::has_state("live"));
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(dead_owner_that_does_not_come_back_is_no_error_of_the_reset)
{
	KT_REQUIRE(support::bring_up_members(1));
	fake::set_gone(true);
	virtio_owner_bury(fake::pf().owner);
	KT_EXPECT_EQ(virtio_owner_revive(fake::pf().owner), 0);
	KT_EXPECT(support::has_state("dead"));
	KT_EXPECT_EQ(read_status(1), -19);
	support::close_members(1);
}

KT_CASE(while_a_recovery_runs)
{
	KT_REQUIRE(support::bring_up_members(1, {.ring_reset = false, .reset_delay_ms = 60}));
	fake::need_reset();
	support::sleep_ms(20);
	freeze();
	KT_EXPECT(support::has_state("frozen"));
	KT_EXPECT_EQ(fake::device_status(), 0);
	fake::forget_commands();
	Caller caller;
	caller.read(1);
	support::sleep_ms(50);
	// The recovery did not start it again behind our back.
	KT_EXPECT_EQ(fake::seen(), 0u);
	KT_EXPECT(support::has_state("frozen"));
	KT_EXPECT_EQ(thaw(), 0);
	KT_EXPECT_EQ(caller.finish(), 0);
	support::close_members(1);
}

KT_CASE(no_recovery_while_frozen)
{
	KT_REQUIRE(support::bring_up_members(1));
	freeze();
	const u32 resets = fake::device_resets();
	fake::interrupt(1);
	fake::interrupt(0);
	support::sleep_ms(30);
	KT_EXPECT_EQ(fake::device_resets(), resets);
	KT_EXPECT(support::has_state("frozen"));
	KT_EXPECT_EQ(thaw(), 0);
	support::close_members(1);
}

KT_CASE(again_and_again)
{
	KT_REQUIRE(support::bring_up_members(1));
	// Not counted as resets of ours, of which three in a minute are the limit.
	for (u32 i = 0; i < 6; i++) {
		freeze();
		fake::function_reset(fake::pf());
		KT_EXPECT_EQ(thaw(), 0);
		KT_EXPECT_EQ(read_status(1), 0);
		KT_EXPECT_EQ(support::owner_view().stats.epoch, i + 2);
	}
	support::close_members(1);
}

KT_CASE(a_member_closed_while_frozen)
{
	KT_REQUIRE(support::bring_up_members(2));
	freeze();
	virtio_owner_close(fake::member(1));
	KT_EXPECT_EQ(virtio_owner_ring_doorbell(fake::member(2), 0), -19);
	KT_EXPECT_EQ(thaw(), 0);
	KT_EXPECT_EQ(support::open_member(1), 0);
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(2);
}

KT_CASE(unbound_while_frozen)
{
	KT_REQUIRE(support::bring_up_members(1));
	support::close_members(1);
	freeze();
	fake::unbind();
	KT_EXPECT(!fake::pf().enabled);
}

KT_SUITE_END(owner_freeze);
