// SPDX-License-Identifier: GPL-2.0-only
// One member stalls, all stall, or the function is cut off: what the owner does, and what it costs
// the other members.
#include "kunit/support/caller.hh"
#include "kunit/support/queue.hh"
#include "kunit/support/text.hh"

KT_SUITE(owner_stall);

using base::u32;
using base::u64;
using fake::Kind;
using support::Caller;
using support::read_status;

namespace {

constexpr u32 forever = fake::forever;
constexpr int no_device = -19, refused = -6;
/// Long enough for threads of a busy machine, and short enough to wait for.
constexpr u32 patience_ms = 400;
/// Lateness of a thread on a busy machine.
constexpr u64 slack_ms = 1000;

void reset_member(u32 id)
{
	KT_EXPECT_EQ(virtio_owner_quiesce(fake::member(id)), 0);
	virtio_owner_resume(fake::member(id));
}

/// A command of @id behind which the device stands still until it is reset.
void stand_still(u32 id)
{
	fake::add_rule({.kind = Kind::hold, .count = 2});
	KT_EXPECT(read_status(id) < 0);
	KT_EXPECT(support::reaches_state("live"));
	fake::clear_rules();
}

/// Closes member @id, of which the device keeps a command.
void close_with_orphan(u32 id)
{
	fake::add_rule({.member = id, .kind = Kind::hold});
	Caller caller;
	caller.read(id);
	KT_REQUIRE(fake::wait_outstanding(1));
	caller.kill();
	(void)caller.finish();
	fake::set_timeout(fake::short_ms);
	virtio_owner_close(fake::member(id));
}

/// The device completes nothing, until the owner is stalled.
bool stall()
{
	fake::add_rule({.kind = Kind::hold, .count = forever});
	fake::set_timeout(patience_ms);
	KT_EXPECT(read_status(1) < 0);
	return KT_EXPECT(support::reaches_state("stalled", 3000));
}

} // namespace

KT_CASE(mute_member_among_quiet_ones_costs_them_nothing)
{
	KT_REQUIRE(support::bring_up_members(3));
	fake::set_timeout(patience_ms);
	fake::add_rule({.member = 1, .kind = Kind::hold, .count = forever});
	// A probe that is late on a busy machine proves nothing of the first wait.
	const auto set_aside = [] {
		KT_EXPECT(read_status(1) < 0);
		return support::stats_of(1).broken;
	};
	KT_EXPECT(support::eventually(set_aside, 5000));
	KT_EXPECT(support::reaches_state("live"));
	KT_EXPECT_EQ(support::owner_view().stats.epoch, 1);
	KT_EXPECT_EQ(fake::queue_resets() + fake::device_resets(), 1); // that of the probe
	KT_EXPECT_EQ(read_status(2), 0);
	KT_EXPECT_EQ(read_status(3), 0);
	fake::clear_rules();
	fake::set_timeout(fake::long_ms);
	support::close_members(3);
}

KT_CASE(member_works_again_once_its_late_command_is_completed)
{
	KT_REQUIRE(support::bring_up_members(2));
	fake::set_timeout(patience_ms);
	for (u32 i = 0; i < 2; i++) {
		fake::add_rule({.member = 1, .kind = Kind::late, .arg = 2 * patience_ms});
		KT_EXPECT(read_status(1) < 0);
		KT_EXPECT(support::eventually([] { return read_status(1) == 0; }, 3000));
		KT_EXPECT(!support::stats_of(1).broken);
	}
	KT_EXPECT_EQ(support::owner_view().stats.epoch, 1);
	KT_EXPECT_EQ(read_status(2), 0);
	support::close_members(2);
}

KT_CASE(mute_members_leave_the_owner_a_slot_for_its_probe)
{
	KT_REQUIRE(support::bring_up_members(5, {.indirect = false, .queue_size = 8})); // four slots
	fake::set_timeout(patience_ms);
	for (u32 id = 1; id <= 3; id++)
		fake::add_rule({.member = id, .kind = Kind::hold, .count = forever});
	{
		Caller callers[3];
		for (u32 i = 0; i < 3; i++)
			callers[i].read(i + 1);
		for (Caller &caller : callers)
			KT_EXPECT(caller.finish() < 0);
	}
	KT_EXPECT_EQ(support::owner_view().stats.epoch, 1);
	KT_EXPECT(support::reaches_state("live"));
	KT_EXPECT(fake::seen(WIRE_ADMIN_LIST_QUERY) != 0);
	fake::set_timeout(fake::long_ms);
	fake::clear_rules();
	fake::answer_all();
	KT_EXPECT_EQ(read_status(4), 0);
	support::close_members(5);
}

KT_CASE(member_behind_which_the_device_stands_still_is_set_aside)
{
	KT_REQUIRE(support::bring_up_members(2));
	fake::set_timeout(2 * patience_ms);
	stand_still(1);
	KT_EXPECT_EQ(fake::queue_resets(), 1);
	KT_EXPECT(support::stats_of(1).broken);
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(read_status(1), refused);
	KT_EXPECT(kn_now_ms() - start < patience_ms);
	KT_EXPECT_EQ(read_status(2), 0);
	// The guest's reset is another chance.
	KT_EXPECT_EQ(support::write_status(1, 0), 0);
	KT_EXPECT_EQ(read_status(1), 0);
	fake::set_timeout(fake::long_ms);
	support::close_members(2);
}

KT_CASE(second_offence_breaks_the_member_until_its_function_reset)
{
	KT_REQUIRE(support::bring_up_members(2));
	fake::set_timeout(2 * patience_ms);
	stand_still(1);
	KT_EXPECT_EQ(support::write_status(1, 0), 0);
	stand_still(1);
	KT_EXPECT_EQ(fake::queue_resets(), 2);
	KT_EXPECT_EQ(support::write_status(1, 0), refused);
	KT_EXPECT(support::stats_of(1).broken);
	KT_EXPECT_EQ(read_status(2), 0);
	reset_member(1);
	KT_EXPECT_EQ(read_status(1), 0);
	fake::set_timeout(fake::long_ms);
	support::close_members(2);
}

KT_CASE(stalled_owner_fails_accesses_at_once)
{
	KT_REQUIRE(support::bring_up_members(2));
	KT_REQUIRE(stall());
	const u64 start = kn_now_ms();
	for (u32 i = 0; i < 10; i++)
		KT_EXPECT_EQ(read_status(1 + i % 2), no_device);
	KT_EXPECT(kn_now_ms() - start < patience_ms); // not one deadline among them
	fake::clear_rules();
	fake::answer_all();
	fake::set_timeout(fake::long_ms);
	KT_EXPECT(support::reaches_state("live"));
	support::close_members(2);
}

KT_CASE(guest_waits_out_one_deadline_of_a_stall)
{
	KT_REQUIRE(support::bring_up_members(1));
	// No reset: the owner is recovering for longer than the guest waits.
	fake::set_queue_reset_confirmed(false);
	fake::set_reset_confirmed(false);
	fake::add_rule({.kind = Kind::hold, .count = forever});
	fake::set_timeout(patience_ms);
	const u64 start = kn_now_ms();
	KT_EXPECT(read_status(1) < 0);
	KT_EXPECT(kn_now_ms() - start < patience_ms + slack_ms);
	const u64 again = kn_now_ms();
	for (u32 i = 0; i < 5; i++)
		KT_EXPECT(read_status(1) < 0);
	KT_EXPECT(kn_now_ms() - again < patience_ms); // not one deadline among them
	fake::set_timeout(fake::long_ms);
	fake::set_queue_reset_confirmed(true);
	fake::set_reset_confirmed(true);
	fake::clear_rules();
	KT_EXPECT(support::reaches_state("live", 8000));
	support::close_members(1);
}

KT_CASE(late_completions_end_a_stall_without_a_reset)
{
	KT_REQUIRE(support::bring_up_members(2));
	KT_REQUIRE(stall());
	const u32 resets = fake::queue_resets() + fake::device_resets();
	fake::clear_rules();
	fake::set_timeout(fake::long_ms);
	fake::answer_all();
	KT_EXPECT(support::reaches_state("live", 500));
	KT_EXPECT_EQ(fake::queue_resets() + fake::device_resets(), resets);
	// No member is to blame.
	KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(read_status(2), 0);
	support::close_members(2);
}

KT_CASE(stall_that_loses_all_commands_ends_with_a_try)
{
	for (const bool ring_reset : {false, true}) {
		KT_REQUIRE(support::bring_up_members(2, {.ring_reset = ring_reset}));
		KT_REQUIRE(stall());
		fake::clear_rules();
		fake::set_timeout(fake::long_ms);
		KT_EXPECT(support::reaches_state("live", 3000));
		KT_EXPECT_EQ(read_status(1), 0);
		KT_EXPECT_EQ(read_status(2), 0);
		KT_EXPECT_EQ(support::owner_view().stats.orphans, 0);
		support::close_members(2);
	}
}

// 4.1.4.3.2: the driver waits until the status is 0.
KT_CASE(unconfirmed_reset_of_the_device_is_followed_by_nothing_else)
{
	KT_REQUIRE(support::bring_up_members(1));
	fake::set_reset_confirmed(false);
	fake::set_operation(fake::short_ms);
	fake::need_reset();
	KT_EXPECT(support::reaches_state("stalled", 3000));
	support::sleep_ms(3500); // two tries
	KT_EXPECT_EQ(fake::queue_resets(), 0);
	fake::set_reset_confirmed(true);
	KT_EXPECT(support::reaches_state("live", 5000));
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(stall_writes_one_message_and_its_end_another)
{
	KT_REQUIRE(support::bring_up_members(1));
	const u32 before = fake::warnings();
	KT_REQUIRE(stall());
	support::sleep_ms(1200); // a try
	for (u32 i = 0; i < 50; i++)
		KT_EXPECT(read_status(1) < 0);
	// The member set aside, the reset, and the stall.
	KT_EXPECT(fake::warnings() - before <= 3);
	fake::clear_rules();
	fake::answer_all();
	fake::set_timeout(fake::long_ms);
	KT_EXPECT(support::reaches_state("live"));
	KT_EXPECT(fake::warnings() - before <= 4);
	support::close_members(1);
}

// Linux 6.18 resets the bus after a non-fatal error if a function of the card asks for it.
KT_CASE(bus_reset_that_nothing_announced_is_cured_by_the_slot_reset)
{
	KT_REQUIRE(support::bring_up_members(1));
	fake::bus_reset();
	KT_EXPECT_EQ(virtio_owner_revive(fake::pf().owner), 0);
	KT_EXPECT(support::has_state("live"));
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(wiped_function_is_lost_and_not_reset_by_the_owner)
{
	KT_REQUIRE(support::bring_up_members(2));
	fake::set_timeout(patience_ms);
	const u32 resets = fake::queue_resets() + fake::device_resets();
	fake::bus_reset();
	Caller caller;
	caller.read(1);
	KT_EXPECT(support::reaches_state("lost"));
	KT_EXPECT(caller.finish() < 0);
	support::sleep_ms(1500); // a try
	KT_EXPECT(support::has_state("lost"));
	KT_EXPECT_EQ(fake::queue_resets() + fake::device_resets(), resets);
	fake::set_timeout(fake::long_ms);
	// What the administrator does about it: the kernel saves the configuration in between.
	virtio_owner_freeze(fake::pf().owner);
	KT_EXPECT(!fake::pf().wiped);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT(support::has_state("live"));
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(2);
}

KT_CASE(function_that_resets_slower_than_guests_wait_works_again)
{
	for (const bool function : {false, true}) {
		KT_REQUIRE(support::bring_up_members(1, {.ring_reset = false, .reset_delay_ms = 250}));
		fake::set_timeout(150);
		if (function) {
			virtio_owner_freeze(fake::pf().owner);
			fake::function_reset(fake::pf());
			KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
		} else {
			fake::need_reset();
			KT_EXPECT(support::reaches_epoch(2));
		}
		KT_EXPECT(support::reaches_state("live"));
		fake::set_timeout(fake::long_ms);
		KT_EXPECT_EQ(read_status(1), 0);
		support::close_members(1);
	}
}

KT_CASE(unbind_takes_back_the_commands_of_closed_members)
{
	KT_REQUIRE(support::bring_up_members(1));
	fake::need_reset(); // one reset within the last minute
	KT_REQUIRE(support::reaches_epoch(2));
	KT_EXPECT_EQ(read_status(1), 0);
	close_with_orphan(1);
	KT_EXPECT_EQ(fake::outstanding(), 1);
	fake::unbind();
}

// Nothing but the recovery itself looks for the probe's completion there.
KT_CASE(polled_owner_works_again_after_the_reset_of_a_close)
{
	KT_REQUIRE(support::bring_up_members(2, {.polled = true}));
	close_with_orphan(1);
	fake::set_timeout(fake::long_ms);
	KT_EXPECT(support::reaches_epoch(2));
	KT_EXPECT(support::reaches_state("live"));
	KT_EXPECT_EQ(read_status(2), 0);
	virtio_owner_close(fake::member(2));
}

KT_CASE(function_reset_between_offence_and_verdict_leaves_no_offence)
{
	KT_REQUIRE(support::bring_up_members(2));
	fake::add_rule({.kind = Kind::hold, .count = forever});
	fake::set_timeout(patience_ms);
	KT_EXPECT(read_status(1) < 0);
	KT_EXPECT(support::eventually([] { return fake::queue_resets() == 1; }, 3000));
	virtio_owner_resume(fake::member(1));
	KT_EXPECT(support::reaches_state("stalled", 3000));
	KT_EXPECT_EQ(fake::member(1)->aside.offences(), 0);
	fake::clear_rules();
	fake::answer_all();
	fake::set_timeout(fake::long_ms);
	KT_EXPECT(support::reaches_state("live"));
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(2);
}

KT_CASE(each_command_without_a_completion_is_one_timeout)
{
	KT_REQUIRE(support::bring_up_members(1));
	fake::set_timeout(patience_ms);
	fake::add_rule({.member = 1, .kind = Kind::hold, .count = 4});
	wire_access list[4] = {};
	for (wire_access &access : list)
		access = {.opcode = WIRE_ADMIN_LEGACY_DEV_CFG_READ, .status = 0, .offset = 0,
			  .length = 1, .value = 0};
	unsigned done = 0;
	KT_EXPECT(support::execute(fake::member(1), list, 4, &done,
				       virtio_owner_deadline()) < 0);
	KT_EXPECT_EQ(support::stats_of(1).timeouts, 4);
	fake::set_timeout(fake::long_ms);
	support::close_members(1);
}

KT_SUITE_END(owner_stall);
