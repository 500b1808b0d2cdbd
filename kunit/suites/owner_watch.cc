// SPDX-License-Identifier: GPL-2.0-only
// The timer of all pending requests, and how long it runs.
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

KT_SUITE_END(owner_watch);
