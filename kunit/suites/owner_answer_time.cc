// SPDX-License-Identifier: GPL-2.0-only
// How long to look for an answer, from the times of those before.
#include "kunit/test.hh"
#include "owner/answer_time.hh"

KT_SUITE(owner_answer_time);

using base::u32;
using base::u64;
using owner::AnswerTime;

namespace {

constexpr u32 limit = 50;

void note(AnswerTime &time, u64 us, u32 count)
{
	for (u32 i = 0; i < count; i++)
		time.note(us, limit);
}

} // namespace

KT_CASE(nothing_is_known)
{
	const AnswerTime time;

	KT_EXPECT_EQ(time.window(limit), limit);
	KT_EXPECT_EQ(time.window(0), 0);
}

KT_CASE(the_first_answer_tells)
{
	AnswerTime quick, slow;

	note(quick, 10, 1);
	KT_EXPECT_EQ(quick.window(limit), 21);
	note(slow, 70, 1);
	KT_EXPECT_EQ(slow.window(limit), 0);
}

KT_CASE(twice_the_mean_and_no_more_than_the_limit)
{
	for (u32 us = 0; us <= 2 * limit; us++) {
		AnswerTime time;
		note(time, us, 40);
		const u32 window = time.window(limit);
		if (us > limit)
			KT_EXPECT_EQ(window, 0);
		else
			KT_EXPECT(window >= us && window <= limit && (us == 0 || window <= 2 * us + 1));
	}
}

KT_CASE(off_whatever_is_known)
{
	for (const u64 us : {0, 1, 10, 1000}) {
		AnswerTime time;
		time.note(us, limit);
		KT_EXPECT_EQ(time.window(0), 0);
	}
}

KT_CASE(it_learns_that_the_device_became_slow)
{
	AnswerTime time;

	note(time, 10, 100);
	note(time, 200, 10);
	KT_EXPECT_EQ(time.window(limit), 0);
}

KT_CASE(and_that_it_became_quick)
{
	AnswerTime time;

	note(time, 5000, 1000);
	KT_EXPECT_EQ(time.window(limit), 0);
	note(time, 10, 10);
	KT_EXPECT(time.window(limit) > 10);
	note(time, 10, 40);
	KT_EXPECT(time.window(limit) >= 20 && time.window(limit) <= 23);
}

KT_CASE(one_late_answer_changes_little)
{
	for (const u64 late : {u64{5000000}, ~u64{0}}) {
		AnswerTime time;
		note(time, 10, 100);
		note(time, late, 1);
		KT_EXPECT(time.window(limit) > 10);
		note(time, 10, 20);
		KT_EXPECT(time.window(limit) < 25);
	}
}

KT_CASE(another_limit)
{
	AnswerTime time;

	note(time, 80, 40);
	KT_EXPECT_EQ(time.window(limit), 0);
	KT_EXPECT_EQ(time.window(100), 100);
	KT_EXPECT(time.window(1000) >= 160 && time.window(1000) <= 163);
}

KT_SUITE_END(owner_answer_time);
