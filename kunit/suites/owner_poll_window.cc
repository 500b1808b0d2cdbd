// SPDX-License-Identifier: GPL-2.0-only
// How long a waiter polls, learned from the times of earlier commands.
#include "kunit/test.hh"
#include "owner/queue/poll_window.hh"

KT_SUITE(owner_poll_window);

using base::u32;
using base::u64;
using owner::PollWindow;

namespace {

constexpr u32 limit = 50;

void note(PollWindow &window, u64 us, u32 count)
{
	for (u32 i = 0; i < count; i++)
		window.note(us, limit);
}

} // namespace

KT_CASE(unknown_device_is_polled_up_to_the_limit)
{
	const PollWindow time;

	KT_EXPECT_EQ(time.window(limit), limit);
	KT_EXPECT_EQ(time.window(0), 0);
}

KT_CASE(first_sample_sets_the_mean)
{
	PollWindow quick, slow;

	note(quick, 10, 1);
	KT_EXPECT_EQ(quick.window(limit), 21);
	note(slow, 70, 1);
	KT_EXPECT_EQ(slow.window(limit), 0);
}

KT_CASE(window_is_twice_the_mean_up_to_the_limit)
{
	for (u32 us = 0; us <= 2 * limit; us++) {
		PollWindow time;
		note(time, us, 40);
		const u32 window = time.window(limit);
		if (us > limit)
			KT_EXPECT_EQ(window, 0);
		else
			KT_EXPECT(window >= us && window <= limit && (us == 0 || window <= 2 * us + 1));
	}
}

KT_CASE(limit_of_zero_gives_no_window)
{
	for (const u64 us : {0, 1, 10, 1000}) {
		PollWindow time;
		time.note(us, limit);
		KT_EXPECT_EQ(time.window(0), 0);
	}
}

KT_CASE(slow_samples_end_polling)
{
	PollWindow time;

	note(time, 10, 100);
	note(time, 200, 10);
	KT_EXPECT_EQ(time.window(limit), 0);
}

KT_CASE(fast_samples_begin_polling_again)
{
	PollWindow time;

	note(time, 5000, 1000);
	KT_EXPECT_EQ(time.window(limit), 0);
	note(time, 10, 10);
	KT_EXPECT(time.window(limit) > 10);
	note(time, 10, 40);
	KT_EXPECT(time.window(limit) >= 20 && time.window(limit) <= 23);
}

KT_CASE(single_late_sample_keeps_polling)
{
	for (const u64 late : {u64{5000000}, ~u64{0}}) {
		PollWindow time;
		note(time, 10, 100);
		note(time, late, 1);
		KT_EXPECT(time.window(limit) > 10);
		note(time, 10, 20);
		KT_EXPECT(time.window(limit) < 25);
	}
}

KT_CASE(limit_may_change_at_any_time)
{
	PollWindow time;

	note(time, 80, 40);
	KT_EXPECT_EQ(time.window(limit), 0);
	KT_EXPECT_EQ(time.window(100), 100);
	KT_EXPECT(time.window(1000) >= 160 && time.window(1000) <= 163);
}

KT_SUITE_END(owner_poll_window);
