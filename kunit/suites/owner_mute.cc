// SPDX-License-Identifier: GPL-2.0-only
// Commands that the device does not complete, where no probe, or a probe alone, shows that: what
// frees the queue for the other members.
#include "core/lock_guard.hh"
#include "kunit/support/caller.hh"
#include "kunit/support/queue.hh"
#include "kunit/support/text.hh"

KT_SUITE(owner_mute);

using base::u32;
using base::u64;
using fake::Kind;
using support::Caller;
using support::read_status;

namespace {

constexpr u32 forever = fake::forever;
constexpr u32 patience_ms = 400;
/// Four slots, one of them for probes.
constexpr fake::Options four_slots = {.indirect = false, .queue_size = 8};

/// Members 1 to 3 read at once, and the device completes none of it.
void fill_slots()
{
	for (u32 id = 1; id <= 3; id++)
		fake::add_rule({.member = id, .kind = Kind::hold, .count = forever});
	Caller callers[3];
	for (u32 i = 0; i < 3; i++)
		callers[i].read(i + 1);
	for (Caller &caller : callers)
		KT_EXPECT(caller.finish() < 0);
	KT_EXPECT_EQ(fake::outstanding(), 3);
}

/// The guests of members 1 and 2 use them until both are removed.
void use_until_removed(fake::Vf &vf)
{
	if (vf.id != 1)
		return;
	fake::add_rule({.kind = Kind::hold, .count = 2});
	{
		Caller mute, neighbor;
		mute.read(1);
		KT_EXPECT(fake::wait_outstanding(1));
		neighbor.read(2);
		KT_EXPECT(fake::wait_outstanding(2));
		KT_EXPECT_EQ(neighbor.finish(), 0);
		KT_EXPECT(mute.finish() < 0);
	}
	KT_EXPECT(support::stats_of(1).broken);
	KT_EXPECT_EQ(read_status(2), 0);
	support::close_members(2);
}

owner::Supervisor &supervisor()
{
	return reinterpret_cast<owner::Owner *>(fake::pf().owner)->controller().supervisor();
}

} // namespace

KT_CASE(mute_members_that_fill_the_queue_cost_the_others_one_queue_reset)
{
	KT_REQUIRE(support::bring_up_members(5, four_slots));
	fake::set_timeout(patience_ms);
	fill_slots();
	KT_EXPECT_EQ(read_status(4), 0);
	KT_EXPECT_EQ(read_status(5), 0);
	KT_EXPECT_EQ(fake::queue_resets(), 1);
	KT_EXPECT(support::reaches_state("live"));
	KT_EXPECT_EQ(support::owner_view().stats.orphans, 0);
	fake::clear_rules();
	fake::set_timeout(fake::long_ms);
	support::close_members(5);
}

KT_CASE(queue_full_of_mute_members_is_not_reset_for_them_alone)
{
	KT_REQUIRE(support::bring_up_members(5, four_slots));
	fake::set_timeout(patience_ms);
	fill_slots();
	for (u32 id = 1; id <= 3; id++) {
		virtio_owner_resume(fake::member(id)); // not set aside any more
		KT_EXPECT(!support::stats_of(id).broken);
		KT_EXPECT(read_status(id) < 0);
	}
	KT_EXPECT_EQ(fake::queue_resets(), 0);
	fake::clear_rules();
	fake::answer_all();
	fake::set_timeout(fake::long_ms);
	support::close_members(5);
}

KT_CASE(queue_full_of_slow_commands_is_not_reset)
{
	KT_REQUIRE(support::bring_up_members(5, four_slots));
	fake::set_timeout(patience_ms);
	for (u32 id = 1; id <= 3; id++)
		fake::add_rule({.member = id, .kind = Kind::late, .arg = patience_ms * 3 / 4});
	{
		Caller callers[3], neighbor;
		for (u32 i = 0; i < 3; i++)
			callers[i].read(i + 1);
		KT_EXPECT(fake::wait_outstanding(3));
		neighbor.read(4);
		for (Caller &caller : callers)
			KT_EXPECT_EQ(caller.finish(), 0);
		KT_EXPECT_EQ(neighbor.finish(), 0);
	}
	KT_EXPECT(fake::seen(WIRE_ADMIN_LIST_QUERY) != 0);
	KT_EXPECT_EQ(fake::queue_resets(), 0);
	fake::set_timeout(fake::long_ms);
	support::close_members(5);
}

// The owner submits no probe then: a reset has to do without.
KT_CASE(device_that_stands_still_during_an_unbind_goes_on_after_one_reset)
{
	KT_REQUIRE(support::bring_up_members(2));
	fake::set_timeout(4 * patience_ms);
	fake::pf().on_vf_remove = use_until_removed;
	fake::forget_commands();
	fake::unbind();
	KT_EXPECT_EQ(fake::queue_resets(), 1);
	KT_EXPECT_EQ(fake::seen(WIRE_ADMIN_LIST_QUERY), 0);
}

KT_CASE(prompt_probe_that_is_observed_late_leaves_the_member_set_aside)
{
	constexpr u32 probe_ms = 100, busy_ms = 700;

	KT_REQUIRE(support::bring_up_members(2));
	fake::set_timeout(4 * patience_ms);
	fake::add_rule({.kind = Kind::hold, .count = 2});
	fake::add_rule({.opcode = WIRE_ADMIN_LIST_QUERY, .kind = Kind::late, .arg = probe_ms});
	{
		Caller mute;
		mute.read(1);
		KT_EXPECT(support::eventually([] { return fake::queue_resets() == 1; }, 3000));
		core::MutexGuard guard{supervisor().mutex()}; // the observation waits
		KT_EXPECT(support::has_state("recovering"));
		support::sleep_ms(busy_ms);
	}
	KT_EXPECT(support::reaches_state("live"));
	KT_EXPECT(support::stats_of(1).broken);
	fake::clear_rules();
	fake::set_timeout(fake::long_ms);
	support::close_members(2);
}

// An error status is a completion: the device works.
KT_CASE(late_completion_with_an_error_ends_a_stall)
{
	constexpr u32 invalid = 22;

	KT_REQUIRE(support::bring_up_members(1));
	fake::add_rule({.kind = Kind::hold, .count = forever});
	fake::set_timeout(patience_ms);
	KT_EXPECT(read_status(1) < 0);
	KT_REQUIRE(support::reaches_state("stalled", 3000));
	const u32 resets = fake::queue_resets() + fake::device_resets();
	fake::clear_rules();
	fake::set_timeout(fake::long_ms);
	fake::answer_held(0, Kind::status, invalid);
	KT_EXPECT(support::reaches_state("live", 500));
	KT_EXPECT_EQ(fake::queue_resets() + fake::device_resets(), resets);
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

// With a short timeout, a reset may take longer than a guest waits.
KT_CASE(guest_without_a_command_waits_out_one_deadline_of_a_reset)
{
	constexpr u32 short_ms = 200;

	KT_REQUIRE(support::bring_up_members(2));
	fake::set_queue_reset_confirmed(false);
	fake::set_reset_confirmed(false);
	fake::add_rule({.kind = Kind::hold, .count = forever});
	fake::set_timeout(short_ms);
	Caller first;
	first.read(1);
	KT_EXPECT(support::reaches_state("recovering"));
	const u64 start = kn_now_ms();
	KT_EXPECT(read_status(2) < 0);
	KT_EXPECT(kn_now_ms() - start >= short_ms);
	const u64 again = kn_now_ms();
	for (u32 i = 0; i < 5; i++)
		KT_EXPECT(read_status(2) < 0);
	KT_EXPECT(kn_now_ms() - again < short_ms); // not one deadline among them
	KT_EXPECT(support::has_state("recovering"));
	fake::set_timeout(fake::long_ms);
	fake::set_queue_reset_confirmed(true);
	fake::set_reset_confirmed(true);
	fake::clear_rules();
	KT_EXPECT(support::reaches_state("live", 8000));
	(void)first.finish();
	support::close_members(2);
}

KT_SUITE_END(owner_mute);
