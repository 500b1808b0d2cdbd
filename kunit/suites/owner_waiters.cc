// SPDX-License-Identifier: GPL-2.0-only
// A full ring: who comes first is served first, and no slot gets lost.
#include "core/lock_guard.hh"
#include "kunit/support/caller.hh"
#include "kunit/support/queue.hh"

using support::Caller;
using support::read_status;

namespace {

constexpr u16 write_opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE;

/// @vfs members on a device with two slots, both taken by members 1 and 2.
bool fill(u32 vfs, Caller &one, Caller &two)
{
	if (!fake::bring_up(vfs, {.indirect = false, .queue_size = 4}) ||
	    !support::open_members(vfs))
		return false;
	KT_EXPECT_EQ(read_status(1), 0);
	fake::forget_commands();
	fake::add_rule({.kind = fake::Kind::hold, .count = fake::forever});
	one.write(1, WIRE_LEGACY_STATUS, 1);
	if (!KT_EXPECT(fake::wait_outstanding(1)))
		return false;
	two.write(2, WIRE_LEGACY_STATUS, 1);
	return KT_EXPECT(fake::wait_outstanding(2));
}

/// Starts a command that has to wait for a slot, and gives it the time to get
/// there.
void queue_up(Caller &caller, u32 id)
{
	caller.write(id, WIRE_LEGACY_STATUS, 1);
	KT_EXPECT(support::eventually([&] { return caller.started(); }));
	support::sleep_ms(50);
}

void spin_us(u64 us)
{
	const u64 end = kn_now_us() + us;

	while (kn_now_us() < end)
		;
}

/// Does one thing and then another while nobody gets at the queue, so that those who want it
/// come after both, and most likely in that order.
template <typename First, typename Second>
void hold_queue(First first, Second second)
{
	constexpr u64 pause_us = 2000;
	core::SpinGuard guard{support::queue().lock()};

	first();
	spin_us(pause_us);
	second();
	spin_us(pause_us);
}

/// Whether all @count slots can be used at once.
void expect_slots(u32 count)
{
	Caller callers[8];

	fake::clear_rules();
	fake::answer_all();
	KT_EXPECT(support::reaches_state("live"));
	// Not of the lists, which come first after a reset.
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::hold,
			.count = count});
	for (u32 i = 0; i < count; i++) {
		callers[i].read(i + 1);
		KT_EXPECT(fake::wait_outstanding(i + 1));
	}
	fake::clear_rules();
	fake::answer_all();
	for (u32 i = 0; i < count; i++)
		KT_EXPECT_EQ(callers[i].finish(), 0);
}

} // namespace

KT_SUITE(owner_waiters);

KT_CASE(served_in_order_of_arrival)
{
	Caller one, two;
	KT_REQUIRE(fill(7, one, two));
	{
		Caller later[5];
		for (u32 i = 0; i < 5; i++) {
			queue_up(later[i], i + 3);
		}
		KT_EXPECT_EQ(fake::outstanding(), 2u);
		for (u32 i = 0; i < 5; i++) {
			fake::answer_held(0);
			KT_REQUIRE(support::eventually(
				[&] { return fake::seen(write_opcode) == i + 3; }));
			KT_EXPECT_EQ(fake::seen_command(i + 2).member, u64{i} + 3);
		}
		fake::clear_rules();
		fake::answer_all();
	}
	KT_EXPECT_EQ(one.finish(), 0);
	KT_EXPECT_EQ(two.finish(), 0);
	expect_slots(2);
	support::close_members(7);
}

KT_CASE(a_newcomer_does_not_overtake)
{
	Caller one, two;
	KT_REQUIRE(fill(4, one, two));
	Caller waiting, newcomer;
	queue_up(waiting, 3);
	fake::answer_held(0);
	newcomer.write(4, WIRE_LEGACY_STATUS, 1);
	KT_REQUIRE(support::eventually([] { return fake::seen(write_opcode) == 3; }));
	KT_EXPECT_EQ(fake::seen_command(2).member, 3u);
	fake::clear_rules();
	while (!waiting.done() || !newcomer.done() || !two.done()) {
		fake::answer_all();
		support::sleep_ms(1);
	}
	KT_EXPECT_EQ(newcomer.finish(), 0);
	support::close_members(4);
}

KT_CASE(one_that_is_killed_is_passed_over)
{
	Caller one, two;
	KT_REQUIRE(fill(5, one, two));
	Caller third, fourth, fifth;
	queue_up(third, 3);
	queue_up(fourth, 4);
	queue_up(fifth, 5);
	fourth.kill();
	KT_EXPECT_EQ(fourth.finish(), -4);
	fake::answer_held(0);
	KT_REQUIRE(support::eventually([] { return fake::seen(write_opcode) == 3; }));
	fake::answer_held(0);
	KT_REQUIRE(support::eventually([] { return fake::seen(write_opcode) == 4; }));
	KT_EXPECT_EQ(fake::seen_command(2).member, 3u);
	KT_EXPECT_EQ(fake::seen_command(3).member, 5u);
	fake::clear_rules();
	fake::answer_all();
	KT_EXPECT_EQ(third.finish(), 0);
	KT_EXPECT_EQ(fifth.finish(), 0);
	expect_slots(2);
	support::close_members(5);
}

KT_CASE(killed_just_when_it_gets_a_slot)
{
	// Whatever comes first, the slot is not lost.
	for (int round = 0; round < 10; round++) {
		Caller one, two;
		KT_REQUIRE(fill(3, one, two));
		Caller third;
		queue_up(third, 3);
		hold_queue([] { fake::answer_held(0); }, [&third] { third.kill(); });
		(void)third.finish();
		fake::clear_rules();
		fake::answer_all();
		KT_EXPECT_EQ(one.finish(), 0);
		KT_EXPECT_EQ(two.finish(), 0);
		expect_slots(2);
		support::close_members(3);
	}
}

KT_CASE(an_orphans_slot_comes_back_with_its_answer)
{
	Caller one, two;
	KT_REQUIRE(fill(3, one, two));
	one.kill();
	two.kill();
	KT_EXPECT_EQ(one.finish(), -4);
	KT_EXPECT_EQ(two.finish(), -4);
	Caller third;
	queue_up(third, 3);
	KT_EXPECT(!third.done());
	// Late answers: the slots go to whoever waits, and then around.
	fake::clear_rules();
	fake::answer_all();
	KT_EXPECT_EQ(third.finish(), 0);
	expect_slots(2);
	KT_EXPECT_EQ(support::owner_view().stats.orphans, 0u);
	KT_EXPECT_EQ(support::owner_view().stats.epoch, 1u);
	support::close_members(3);
}

KT_CASE(an_orphans_slot_comes_back_with_a_reset)
{
	for (const bool ring_reset : {false, true}) {
		Caller one, two;
		KT_REQUIRE(fill(2, one, two));
		one.kill();
		two.kill();
		KT_EXPECT_EQ(one.finish(), -4);
		KT_EXPECT_EQ(two.finish(), -4);
		if (ring_reset) {
			// Of the queue alone: the closes force it.
			fake::set_timeout(fake::short_ms);
			support::close_members(2);
			fake::set_timeout(fake::long_ms);
			KT_REQUIRE(support::open_members(2));
		} else {
			fake::need_reset();
		}
		KT_EXPECT(support::reaches_epoch(2));
		expect_slots(2);
		support::close_members(2);
	}
}

KT_CASE(a_reset_wakes_them_to_try_again)
{
	Caller one, two;
	KT_REQUIRE(fill(3, one, two));
	Caller third;
	queue_up(third, 3);
	fake::clear_rules();
	fake::need_reset();
	KT_EXPECT_EQ(third.finish(), 0);
	KT_EXPECT_EQ(one.finish(), 0);
	KT_EXPECT_EQ(two.finish(), 0);
	KT_EXPECT(support::reaches_epoch(2));
	expect_slots(2);
	support::close_members(3);
}

KT_CASE(as_many_in_flight_as_there_are_descriptors)
{
	for (const bool indirect : {false, true}) {
		KT_REQUIRE(fake::bring_up(8, {.indirect = indirect, .queue_size = 8}));
		KT_REQUIRE(support::open_members(8));
		KT_EXPECT_EQ(read_status(1), 0);
		expect_slots(indirect ? 7 : 3); // one is the owner's
		support::close_members(8);
	}
}

KT_SUITE_END(owner_waiters);
