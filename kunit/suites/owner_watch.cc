// SPDX-License-Identifier: GPL-2.0-only
// How long the timer runs that is for all who wait, and whose interrupts count as lost.
#include "kunit/test.hh"
#include "owner/lost_interrupts.hh"
#include "owner/watch.hh"

KT_SUITE(owner_watch);

using base::u64;
using owner::LostInterrupts;
using owner::Watch;

namespace {

constexpr u64 start_ms = 5000, start_us = start_ms * 1000 + 999;
constexpr u64 long_ms = start_ms + 5000;
/// An interrupt may be on its way for less than that.
constexpr u64 patience_us = 50000;

} // namespace

KT_CASE(once_a_slice)
{
	Watch watch;

	KT_EXPECT_EQ(watch.cover(start_us, long_ms), 100);
	watch.ended();
	KT_EXPECT_EQ(watch.cover(start_us + 100000, long_ms), 100);
}

KT_CASE(for_those_who_come_later_too)
{
	Watch watch;

	KT_EXPECT_EQ(watch.cover(start_us, long_ms), 100);
	KT_EXPECT_EQ(watch.cover(start_us, long_ms + 1), 0);
	KT_EXPECT_EQ(watch.cover(start_us + 99000, long_ms + 99), 0);
	// Its last moment is soon enough.
	KT_EXPECT_EQ(watch.cover(start_us + 50000, start_ms + 101), 0);
}

KT_CASE(sooner_for_who_has_less_time)
{
	Watch watch;

	KT_EXPECT_EQ(watch.cover(start_us, long_ms), 100);
	KT_EXPECT_EQ(watch.cover(start_us, start_ms + 100), 50);
	KT_EXPECT_EQ(watch.cover(start_us, start_ms + 51), 0);
	KT_EXPECT_EQ(watch.cover(start_us, start_ms + 50), 25);
}

KT_CASE(some_looks_before_the_end)
{
	u64 now_ms = start_ms;
	unsigned looks = 0;
	Watch watch;

	for (; now_ms < start_ms + 40; looks++) {
		const u64 ms = watch.cover(now_ms * 1000, start_ms + 40);
		KT_REQUIRE(ms > 0);
		now_ms += ms;
		watch.ended();
	}
	KT_EXPECT_EQ(now_ms, start_ms + 40);
	KT_EXPECT(looks >= 4);
}

KT_CASE(at_once_if_it_is_late)
{
	Watch watch;

	KT_EXPECT_EQ(watch.cover(start_us, start_ms), 1);
	watch.ended();
	KT_EXPECT_EQ(watch.cover(start_us, start_ms - 1000), 1);
}

KT_CASE(no_interrupt_came)
{
	LostInterrupts lost;

	KT_EXPECT(!lost.awaits());
	lost.found(2, start_us);
	KT_EXPECT(lost.awaits());
	KT_EXPECT_EQ(lost.count(start_us + patience_us - 1), 0);
	KT_EXPECT_EQ(lost.count(start_us + patience_us), 2);
	// Found again: both times.
	lost.found(1, start_us + 2 * patience_us);
	KT_EXPECT_EQ(lost.count(start_us + 2 * patience_us), 2);
	KT_EXPECT_EQ(lost.count(start_us + 3 * patience_us), 3);
}

KT_CASE(found_twice_and_soon)
{
	LostInterrupts lost;

	lost.found(2, start_us);
	lost.found(1, start_us + patience_us / 2);
	KT_EXPECT_EQ(lost.count(start_us + patience_us), 0);
	KT_EXPECT_EQ(lost.count(start_us + 2 * patience_us), 3);
}

KT_CASE(it_was_on_its_way)
{
	LostInterrupts lost;

	lost.found(2, start_us);
	lost.came(start_us + patience_us - 1, 0);
	KT_EXPECT(!lost.awaits());
	KT_EXPECT_EQ(lost.count(start_us + 10 * patience_us), 0);
}

// One for several answers, of which the last came after the look.
KT_CASE(it_brought_more)
{
	LostInterrupts lost;

	lost.found(1, start_us);
	lost.came(start_us + 10, start_us);
	KT_EXPECT(!lost.awaits());
	KT_EXPECT_EQ(lost.count(start_us + 10 * patience_us), 0);
}

KT_CASE(it_had_a_reason_of_its_own)
{
	LostInterrupts lost;

	lost.found(1, start_us);
	lost.came(start_us + 10, start_us + 1);
	KT_EXPECT(lost.awaits());
	KT_EXPECT_EQ(lost.count(start_us + 10 * patience_us), 1);
}

KT_CASE(it_was_another_one)
{
	LostInterrupts lost;

	lost.found(2, start_us);
	lost.came(start_us + patience_us, 0);
	KT_EXPECT(!lost.awaits());
	KT_EXPECT_EQ(lost.count(start_us + patience_us), 2);
	KT_EXPECT_EQ(lost.count(start_us + 10 * patience_us), 2);
}

KT_CASE(nothing_found_changes_nothing)
{
	LostInterrupts lost;

	lost.found(0, start_us);
	KT_EXPECT(!lost.awaits());
	lost.found(1, start_us);
	lost.found(0, start_us + patience_us / 2);
	KT_EXPECT_EQ(lost.count(start_us + patience_us), 1);
}

KT_SUITE_END(owner_watch);
