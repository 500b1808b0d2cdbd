// SPDX-License-Identifier: GPL-2.0-only
// Every wait ends; what a waiter leaves behind is the device's until it comes
// back. The fake fails the case when memory of such an orphan is used again.
#include "core/lock_guard.hh"
#include "kunit/support/caller.hh"
#include "kunit/support/queue.hh"

using support::Caller;
using support::queue;
using support::read_status;

namespace {

constexpr u16 read_opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr int timed_out = -110;
constexpr u64 slack_ms = 1000;

bool waits_for_slot(u32 id)
{
	core::SpinGuard guard{queue().lock()};

	return fake::member(id)->sender.head;
}

/// Reads with more time than a quiesce of the member has.
int read_for_long(void *)
{
	u8 value;

	return support::legacy_read(fake::member(1), core::LegacySpace::common, WIRE_LEGACY_STATUS, &value,
				    1, kn_now_ms() + 1200);
}

/// Keeps the queue's answers coming, so that silence is one member's alone.
struct Traffic {
	base::Atomic<bool> stop{false};
	u32 id = 0;
	u32 failed = 0;
	kt_thread *thread = nullptr;

	explicit Traffic(u32 member) : id(member) { thread = kt_thread_start(&Traffic::run, this); }
	~Traffic() { end(); }
	Traffic(const Traffic &) = delete;
	Traffic &operator=(const Traffic &) = delete;

	void end()
	{
		stop.store(true);
		kt_thread_join(thread);
		thread = nullptr;
	}
	static void run(void *context)
	{
		Traffic &traffic = *static_cast<Traffic *>(context);
		while (!traffic.stop.load()) {
			traffic.failed += read_status(traffic.id) != 0;
			support::sleep_ms(2);
		}
	}
};

/// A function reset of member 1, which gets no answers while others do: @caller has waited
/// since before it, which makes the member not broken. A wait from after it does.
void mend_while_it_waits(Caller &caller)
{
	{
		Traffic two{2};
		KT_EXPECT_EQ(virtio_owner_quiesce(fake::member(1)), timed_out);
		virtio_owner_resume(fake::member(1));
		KT_EXPECT_EQ(caller.finish(), timed_out);
		KT_EXPECT(!support::stats_of(1).broken);
		KT_EXPECT_EQ(read_status(1), timed_out);
		KT_EXPECT(support::stats_of(1).broken);
	}
	fake::set_timeout(fake::long_ms);
	fake::clear_rules();
	fake::answer_all();
}

} // namespace

KT_SUITE(owner_timeouts);

KT_CASE(in_time)
{
	for (const bool polled : {false, true}) {
		KT_REQUIRE(support::bring_up_members(1, {.polled = polled}));
		for (const u32 ms : {100u, 250u}) {
			fake::set_timeout(ms);
			fake::add_rule({.member = 1, .kind = fake::Kind::hold});
			const u64 start = kn_now_ms();
			KT_EXPECT_EQ(read_status(1), timed_out);
			const u64 took = kn_now_ms() - start;
			KT_EXPECT(took >= ms && took < ms + slack_ms);
			fake::set_timeout(fake::long_ms);
			fake::clear_rules();
			fake::answer_all();
			KT_EXPECT_EQ(virtio_owner_quiesce(fake::member(1)), 0);
			virtio_owner_resume(fake::member(1));
		}
		support::close_members(1);
	}
}

KT_CASE(an_orphan_comes_back_late)
{
	KT_REQUIRE(support::bring_up_members(2));
	Traffic traffic{2};
	fake::add_rule({.member = 1, .kind = fake::Kind::hold});
	fake::set_timeout(600);
	KT_EXPECT_EQ(read_status(1), timed_out);
	fake::set_timeout(fake::long_ms);
	traffic.end();
	KT_EXPECT_EQ(support::stats_of(1).orphans, 1u);
	KT_EXPECT_EQ(support::stats_of(1).timeouts, 1u);
	// Many commands later its slot is still its own.
	for (int i = 0; i < 100; i++)
		KT_EXPECT_EQ(read_status(2), 0);
	KT_EXPECT_EQ(fake::outstanding(), 1u);
	fake::answer_all();
	KT_EXPECT(support::eventually([] { return support::stats_of(1).orphans == 0; }));
	KT_EXPECT_EQ(support::owner_view().stats.epoch, 1u);
	support::close_members(2);
}

KT_CASE(one_member_does_not_cost_the_others_the_queue)
{
	KT_REQUIRE(support::bring_up_members(3));
	fake::set_timeout(600);
	{
		Traffic two{2}, three{3};
		fake::add_rule({.member = 1, .kind = fake::Kind::hold, .count = fake::forever});
		KT_EXPECT_EQ(read_status(1), timed_out);
		// It is off now, and its accesses cost nothing.
		const u64 start = kn_now_ms();
		KT_EXPECT(read_status(1) < 0);
		KT_EXPECT(kn_now_ms() - start < 500);
		two.end();
		three.end();
		KT_EXPECT_EQ(two.failed + three.failed, 0u);
	}
	KT_EXPECT(support::stats_of(1).broken);
	KT_EXPECT(!support::stats_of(2).broken);
	KT_EXPECT_EQ(fake::queue_resets(), 0u);
	KT_EXPECT_EQ(fake::device_resets(), 1u);
	KT_EXPECT_EQ(fake::seen(read_opcode, 1), 1u);

	// A function reset of the member mends it.
	fake::set_timeout(fake::long_ms);
	fake::clear_rules();
	fake::answer_all();
	KT_EXPECT_EQ(virtio_owner_quiesce(fake::member(1)), 0);
	virtio_owner_resume(fake::member(1));
	KT_EXPECT(!support::stats_of(1).broken);
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(3);
}

KT_CASE(a_share_of_orphans_is_the_members_trouble)
{
	KT_REQUIRE(support::bring_up_members(2, {.indirect = false, .queue_size = 4})); // a share of one
	fake::set_timeout(1200);
	{
		Traffic two{2};
		fake::add_rule({.member = 1, .kind = fake::Kind::hold, .count = fake::forever});
		KT_EXPECT_EQ(read_status(1), timed_out);
		// A function reset mends it, but the device still has its command.
		KT_EXPECT_EQ(virtio_owner_quiesce(fake::member(1)), timed_out);
		virtio_owner_resume(fake::member(1));
		KT_EXPECT(!support::stats_of(1).broken);
		KT_EXPECT_EQ(read_status(1), timed_out);
		KT_EXPECT(support::stats_of(1).broken);
		const u64 start = kn_now_ms();
		KT_EXPECT(read_status(1) < 0);
		KT_EXPECT(kn_now_ms() - start < 300);
		two.end();
		KT_EXPECT_EQ(two.failed, 0u);
	}
	KT_EXPECT_EQ(fake::queue_resets(), 0u);
	fake::set_timeout(fake::long_ms);
	fake::clear_rules();
	fake::answer_all();
	KT_EXPECT_EQ(virtio_owner_quiesce(fake::member(1)), 0);
	virtio_owner_resume(fake::member(1));
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(2);
}

KT_CASE(silence_that_began_before_a_function_reset_does_not_count)
{
	KT_REQUIRE(support::bring_up_members(2));
	fake::set_timeout(600);
	fake::add_rule({.member = 1, .kind = fake::Kind::hold, .count = fake::forever});
	Caller caller;
	caller.call(read_for_long, nullptr);
	KT_EXPECT(fake::wait_outstanding(1));
	mend_while_it_waits(caller);
	KT_EXPECT_EQ(support::stats_of(1).timeouts, 2u);
	support::close_members(2);
	// A new guest has a new member.
	KT_REQUIRE(support::open_members(1));
	KT_EXPECT(!support::stats_of(1).broken);
	virtio_owner_close(fake::member(1));
}

KT_CASE(nor_does_a_wait_for_a_slot)
{
	KT_REQUIRE(support::bring_up_members(2, {.indirect = false, .queue_size = 4})); // a share of one
	fake::add_rule({.member = 1, .kind = fake::Kind::hold, .count = fake::forever});
	Caller orphan;
	orphan.read(1);
	KT_REQUIRE(fake::wait_outstanding(1));
	orphan.kill();
	KT_EXPECT_EQ(orphan.finish(), -4);
	fake::set_timeout(600);
	Caller caller;
	caller.call(read_for_long, nullptr);
	KT_EXPECT(support::eventually([] { return waits_for_slot(1); }));
	mend_while_it_waits(caller);
	KT_EXPECT_EQ(support::stats_of(1).timeouts, 0u);
	support::close_members(2);
}

KT_CASE(device_that_stands_still_behind_a_member_is_reset_once)
{
	KT_REQUIRE(support::bring_up_members(2));
	fake::set_timeout(4000); // a quarter of it is left after the reset, on a busy machine, too
	// Two commands and the probe.
	fake::add_rule({.kind = fake::Kind::hold, .count = 3});
	Caller one, two;
	one.read(1);
	KT_REQUIRE(fake::wait_outstanding(1));
	two.read(2);
	KT_EXPECT(one.finish() < 0);
	KT_EXPECT_EQ(two.finish(), 0); // submitted again
	fake::set_timeout(fake::long_ms);
	KT_EXPECT_EQ(support::owner_view().stats.epoch, 2);
	KT_EXPECT_EQ(fake::queue_resets(), 1u);
	KT_EXPECT_EQ(fake::device_resets(), 1u);
	KT_EXPECT(support::stats_of(1).broken);
	KT_EXPECT(!support::stats_of(2).broken);
	KT_EXPECT_EQ(read_status(2), 0);
	KT_EXPECT_EQ(support::write_status(1, 0), 0);
	KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(support::owner_view().stats.orphans, 0u);
	support::close_members(2);
}

KT_CASE(a_slow_device_is_no_broken_one)
{
	KT_REQUIRE(support::bring_up_members(1));
	fake::add_rule({.kind = fake::Kind::late, .arg = 60, .count = 3});
	for (int i = 0; i < 3; i++)
		KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(support::owner_view().stats.epoch, 1u);
	KT_EXPECT_EQ(support::stats_of(1).timeouts, 0u);
	support::close_members(1);
}

KT_CASE(a_killed_waiter_leaves_an_orphan)
{
	for (const bool polled : {false, true}) {
		KT_REQUIRE(support::bring_up_members(1, {.polled = polled}));
		fake::add_rule({.kind = fake::Kind::hold});
		Caller caller;
		caller.read(1);
		KT_REQUIRE(fake::wait_outstanding(1));
		caller.kill();
		KT_EXPECT_EQ(caller.finish(), -4);
		KT_EXPECT(caller.took() < 1500);
		KT_EXPECT_EQ(support::stats_of(1).orphans, 1u);
		KT_EXPECT_EQ(support::stats_of(1).timeouts, 0u);
		KT_EXPECT_EQ(read_status(1), 0);
		fake::answer_all();
		support::close_members(1);
		KT_EXPECT_EQ(support::stats_of(1).orphans, 0u);
	}
}

KT_CASE(waiting_for_a_slot_is_part_of_the_time)
{
	// Two slots, both taken.
	KT_REQUIRE(support::bring_up_members(3, {.indirect = false, .queue_size = 4}));
	fake::add_rule({.kind = fake::Kind::hold, .count = 2});
	Caller one, two;
	one.read(1);
	KT_REQUIRE(fake::wait_outstanding(1));
	two.read(2);
	KT_REQUIRE(fake::wait_outstanding(2));
	fake::set_timeout(fake::short_ms);
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(read_status(3), timed_out);
	const u64 took = kn_now_ms() - start;
	KT_EXPECT(took >= fake::short_ms && took < fake::short_ms + slack_ms);
	KT_EXPECT_EQ(fake::seen(read_opcode, 3), 0u);
	KT_EXPECT_EQ(support::stats_of(3).timeouts, 0u);
	KT_EXPECT(!support::stats_of(3).broken);
	KT_EXPECT(support::reaches_epoch(2));
	fake::set_timeout(fake::long_ms);
	// The queue has no room for a probe, so it was reset, and set aside the oldest.
	KT_EXPECT(one.finish() < 0);
	KT_EXPECT_EQ(two.finish(), 0);
	KT_EXPECT_EQ(read_status(3), 0);
	support::close_members(3);
}

KT_CASE(time_in_the_queue_does_not_count_while_others_progress)
{
	constexpr u32 timeout_ms = 2000;

	KT_REQUIRE(support::bring_up_members(3, {.indirect = false, .queue_size = 4})); // two slots
	fake::add_rule({.kind = fake::Kind::hold, .count = 3});
	fake::set_timeout(timeout_ms);
	Caller one, two, three;
	one.read(1);
	two.read(2);
	KT_REQUIRE(fake::wait_outstanding(2));
	three.read(3);
	support::sleep_ms(timeout_ms * 3 / 5);
	fake::answer_held(0);
	fake::answer_held(0);
	KT_REQUIRE(support::eventually([] { return fake::seen(read_opcode, 3) == 1; }));
	support::sleep_ms(timeout_ms * 3 / 5);
	KT_EXPECT(!three.done());
	fake::answer_all();
	KT_EXPECT_EQ(one.finish(), 0);
	KT_EXPECT_EQ(two.finish(), 0);
	KT_EXPECT_EQ(three.finish(), 0);
	KT_EXPECT(three.took() > timeout_ms);
	fake::set_timeout(fake::long_ms);
	support::close_members(3);
}

KT_CASE(an_orphan_in_an_idle_queue_is_no_silence)
{
	constexpr u32 timeout_ms = 500; // of which the wait below is less than half

	KT_REQUIRE(support::bring_up_members(2));
	// The second time it has come back.
	for (const bool orphan : {true, false}) {
		if (orphan) {
			fake::add_rule({.member = 1, .kind = fake::Kind::hold});
			Caller caller;
			caller.read(1);
			KT_REQUIRE(fake::wait_outstanding(1));
			caller.kill();
			KT_EXPECT_EQ(caller.finish(), -4);
		}
		fake::set_timeout(timeout_ms);
		support::sleep_ms(2 * timeout_ms);
		// The device reports something else.
		fake::interrupt(1);
		support::sleep_ms(20);
		// And who has waited for a short time only is no witness either.
		fake::add_rule({.member = 2, .kind = fake::Kind::hold});
		u8 value;
		KT_EXPECT_EQ(support::legacy_read(fake::member(2), core::LegacySpace::common,
						      WIRE_LEGACY_STATUS, &value, 1,
						      kn_now_ms() + 30),
			     timed_out);
		support::sleep_ms(20);
		KT_EXPECT_EQ(support::owner_view().stats.epoch, 1u);
		KT_EXPECT_EQ(fake::queue_resets(), 0u);
		fake::set_timeout(fake::long_ms);
		fake::answer_all();
		KT_EXPECT_EQ(read_status(1), 0);
	}
	support::close_members(2);
}

KT_CASE(too_late_nothing_is_sent)
{
	u8 value;

	KT_REQUIRE(support::bring_up_members(1));
	// Often enough to use up the member's share of slots.
	for (u32 i = 0; i < 10; i++)
		KT_EXPECT_EQ(support::legacy_read(fake::member(1), core::LegacySpace::common,
						  WIRE_LEGACY_STATUS, &value, 1, kn_now_ms()),
			     timed_out);
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_EXPECT_EQ(support::stats_of(1).timeouts, 0);
	KT_EXPECT_EQ(support::stats_of(1).orphans, 0);
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(the_device_vanishes)
{
	for (const bool polled : {false, true}) {
		KT_REQUIRE(support::bring_up_members(2, {.polled = polled}));
		fake::add_rule({.kind = fake::Kind::hold, .count = 2});
		Caller one, two;
		one.read(1);
		two.read(2);
		KT_REQUIRE(fake::wait_outstanding(2));
		fake::set_gone(true);
		KT_EXPECT_EQ(one.finish(), -19);
		KT_EXPECT_EQ(two.finish(), -19);
		KT_EXPECT(one.took() < 1500);
		KT_EXPECT_EQ(read_status(1), -19);
		KT_EXPECT(support::reaches_state("dead"));
		KT_EXPECT_EQ(support::owner_view().stats.orphans, 0u);
		support::close_members(2);
		KT_EXPECT_EQ(support::open_member(1), -19);
	}
}

KT_CASE(the_device_vanishes_while_one_waits_for_a_slot)
{
	KT_REQUIRE(support::bring_up_members(3, {.indirect = false, .queue_size = 4}));
	fake::add_rule({.kind = fake::Kind::hold, .count = 2});
	Caller callers[3];
	for (u32 i = 0; i < 3; i++) {
		callers[i].read(i + 1);
		KT_REQUIRE(fake::wait_outstanding(i < 2 ? i + 1 : 2));
	}
	support::sleep_ms(20);
	fake::set_gone(true);
	for (Caller &caller : callers) {
		KT_EXPECT_EQ(caller.finish(), -19);
		KT_EXPECT(caller.took() < 1500);
	}
	support::close_members(3);
}

KT_CASE(timeouts_do_not_flood_the_log)
{
	KT_REQUIRE(support::bring_up_members(2));
	const u32 before = fake::warnings();
	Traffic traffic{2};
	fake::set_timeout(600);
	fake::add_rule({.member = 1, .kind = fake::Kind::hold, .count = fake::forever});
	for (int i = 0; i < 60; i++)
		KT_EXPECT(read_status(1) < 0);
	traffic.end();
	KT_EXPECT(fake::warnings() - before <= 20);
	fake::clear_rules();
	fake::answer_all();
	fake::set_timeout(fake::long_ms);
	support::close_members(2);
}

KT_SUITE_END(owner_timeouts);
