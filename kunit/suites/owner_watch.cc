// SPDX-License-Identifier: GPL-2.0-only
// The delayed work of all pending requests, and when it runs.
#include "kunit/support/caller.hh"
#include "owner/watch.hh"

KT_SUITE(owner_watch);

using base::u64;
using owner::Watch;
using support::Caller;
using support::read_status;

namespace {

constexpr u64 start_ms = 5000, start_us = start_ms * 1000 + 999;
constexpr u64 long_ms = start_ms + 5000;
/// Of the status, in one look: whether the device is gone, and whether it wants a reset.
constexpr base::u32 reads_a_look = 2;

bool prepare()
{
	return fake::bring_up(1) && support::open_members(1) && KT_EXPECT_EQ(read_status(1), 0);
}

} // namespace

// The timer of the last wait runs out, and that is all.
KT_CASE(nobody_looks_where_nobody_waits)
{
	KT_REQUIRE(prepare());
	const base::u32 before = fake::status_reads();

	support::sleep_ms(250);
	KT_EXPECT_EQ(fake::status_reads(), before);
	support::close_members(1);
}

KT_CASE(who_waits_is_looked_after)
{
	KT_REQUIRE(prepare());
	const u64 start = kn_now_ms();
	const base::u32 before = fake::status_reads();
	Caller caller;

	fake::add_rule({.kind = fake::Kind::hold});
	caller.read(1);
	KT_REQUIRE(fake::wait_outstanding(1));
	KT_EXPECT(support::eventually([&] { return fake::status_reads() >= before + 3 * reads_a_look; }));
	const base::u32 looks = (fake::status_reads() - before) / reads_a_look;
	// One may be left from before, and then one in 100 ms, less a tick of the kernel's.
	KT_EXPECT(looks <= (kn_now_ms() - start) / 80 + 1);
	fake::answer_all();
	KT_EXPECT_EQ(caller.finish(), 0);
	support::close_members(1);
}

KT_CASE(first_request_starts_the_period)
{
	Watch watch;

	KT_EXPECT_EQ(watch.cover(start_us, long_ms), 100);
	watch.ended();
	KT_EXPECT_EQ(watch.cover(start_us + 100000, long_ms), 100);
}

KT_CASE(later_request_finds_the_work_scheduled)
{
	Watch watch;

	KT_EXPECT_EQ(watch.cover(start_us, long_ms), 100);
	KT_EXPECT_EQ(watch.cover(start_us, long_ms + 1), 0);
	KT_EXPECT_EQ(watch.cover(start_us + 99000, long_ms + 99), 0);
	KT_EXPECT_EQ(watch.cover(start_us + 50000, start_ms + 100), 0);
}

KT_CASE(earlier_deadline_is_met)
{
	Watch watch;

	KT_EXPECT_EQ(watch.cover(start_us, long_ms), 100);
	KT_EXPECT_EQ(watch.cover(start_us, start_ms + 99), 99);
	KT_EXPECT_EQ(watch.cover(start_us, start_ms + 99), 0);
	KT_EXPECT_EQ(watch.cover(start_us, start_ms + 1), 1);
}

KT_CASE(deadline_of_the_past_is_due_in_a_millisecond)
{
	Watch watch;

	KT_EXPECT_EQ(watch.cover(start_us, start_ms), 1);
	watch.ended();
	KT_EXPECT_EQ(watch.cover(start_us, start_ms - 1000), 1);
}

// The completion is there before the deadline, and the watch looks at the deadline.
KT_CASE(lost_interrupt_is_found_at_the_deadline)
{
	KT_REQUIRE(prepare());
	fake::set_timeout(100);
	Caller caller;

	fake::add_rule({.kind = fake::Kind::lost_interrupt});
	caller.read(1);
	KT_EXPECT_EQ(caller.finish(), 0);
	KT_EXPECT_EQ(support::owner_view().lost_interrupts, 1);
	fake::set_timeout(fake::long_ms);
	support::close_members(1);
}

KT_SUITE_END(owner_watch);
