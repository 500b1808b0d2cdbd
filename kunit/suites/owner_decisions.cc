// SPDX-License-Identifier: GPL-2.0-only
// What Recovery decides, and when an owner tries again.
#include "kunit/test.hh"
#include "owner/recovery.hh"

KT_SUITE(owner_decisions);

using base::u32;
using base::u64;
using owner::Action;
using owner::Event;
using owner::FailedWait;
using owner::QueueActivity;
using owner::Recovery;
using owner::Retries;
using owner::State;

namespace {

constexpr u32 timeout_ms = 800;
constexpr u64 ms = 1000; ///< in microseconds
constexpr u64 now_us = 100000 * ms;
constexpr u64 quarter_us = 200 * ms, half_us = 400 * ms;

/// A device with commands, whose last completion was that of another sender just now.
constexpr QueueActivity active = {.now_us = now_us, .opened_us = 1, .completed_us = now_us,
				  .silent_us = now_us, .others_us = now_us, .busy = true};
/// A member that waited for the whole timeout.
constexpr FailedWait full_wait = {.since_us = now_us - timeout_ms * ms, .recovered_us = 0,
				  .orphans = 0, .share = 8};

struct Live {
	u32 timeout = timeout_ms;
	Recovery recovery{timeout};

	Live() { (void)recovery.handle(Event::reset_done, 1); }
};

} // namespace

KT_CASE(device_without_completions_for_a_quarter_of_the_timeout_is_silent)
{
	const Live live;
	QueueActivity queue = active;

	KT_EXPECT(!live.recovery.is_silent(queue));
	queue.silent_us = now_us - quarter_us + 1;
	KT_EXPECT(!live.recovery.is_silent(queue));
	queue.silent_us = now_us - quarter_us;
	KT_EXPECT(live.recovery.is_silent(queue));
	queue.busy = false;
	KT_EXPECT(!live.recovery.is_silent(queue));
}

KT_CASE(timeout_setting_may_change)
{
	Live live;
	QueueActivity queue = active;

	queue.silent_us = now_us - quarter_us;
	live.timeout = 2 * timeout_ms;
	KT_EXPECT(!live.recovery.is_silent(queue));
	live.timeout = timeout_ms / 2;
	queue.silent_us = now_us - quarter_us / 2;
	KT_EXPECT(live.recovery.is_silent(queue));
}

KT_CASE(probe_expires_after_half_of_the_timeout)
{
	const Live live;

	KT_EXPECT(!live.recovery.has_expired(now_us - half_us + 1, now_us));
	KT_EXPECT(live.recovery.has_expired(now_us - half_us, now_us));
}

KT_CASE(reset_for_which_guests_wait_may_take_a_quarter_of_the_timeout)
{
	Live live;

	KT_EXPECT_EQ(live.recovery.reset_ms(), owner::min_reset_ms);
	live.timeout = 6000;
	KT_EXPECT_EQ(live.recovery.reset_ms(), 1500);
}

KT_CASE(member_is_broken_if_others_progressed)
{
	const Live live;
	QueueActivity queue = active;

	KT_EXPECT(live.recovery.is_member_broken(queue, full_wait));
	queue.others_us = now_us - half_us;
	KT_EXPECT(live.recovery.is_member_broken(queue, full_wait));
	queue.others_us = now_us - half_us - 1;
	KT_EXPECT(!live.recovery.is_member_broken(queue, full_wait));
}

KT_CASE(short_wait_breaks_no_member)
{
	const Live live;
	FailedWait wait = full_wait;

	wait.since_us = now_us - half_us;
	KT_EXPECT(live.recovery.is_member_broken(active, wait));
	wait.since_us = now_us - half_us + 1;
	KT_EXPECT(!live.recovery.is_member_broken(active, wait));
}

KT_CASE(wait_that_began_before_a_reset_breaks_no_member)
{
	const Live live;
	QueueActivity queue = active;
	FailedWait wait = full_wait;

	queue.opened_us = wait.since_us + 1;
	KT_EXPECT(!live.recovery.is_member_broken(queue, wait));
	queue.opened_us = wait.since_us;
	KT_EXPECT(live.recovery.is_member_broken(queue, wait));
	wait.recovered_us = wait.since_us + 1;
	KT_EXPECT(!live.recovery.is_member_broken(queue, wait));
	wait.recovered_us = wait.since_us;
	KT_EXPECT(live.recovery.is_member_broken(queue, wait));
}

KT_CASE(member_is_blocked_by_a_share_of_orphans)
{
	const Live live;
	FailedWait wait = full_wait;
	QueueActivity queue = active;

	wait.orphans = wait.share - 1;
	KT_EXPECT(!live.recovery.is_member_blocked(queue, wait));
	wait.orphans = wait.share;
	KT_EXPECT(live.recovery.is_member_blocked(queue, wait));
	queue.others_us = 0;
	KT_EXPECT(!live.recovery.is_member_blocked(queue, wait));
}

KT_CASE(three_resets_a_minute_are_granted)
{
	Live live;
	const u64 start_ms = 1000;

	for (u64 i = 0; i < owner::max_resets; i++)
		KT_EXPECT(live.recovery.take_reset_credit(start_ms + i, owner::max_resets));
	KT_EXPECT(!live.recovery.take_reset_credit(start_ms + 59999, owner::max_resets));
	KT_EXPECT(live.recovery.take_reset_credit(start_ms + 60000, owner::max_resets));
	KT_EXPECT(!live.recovery.take_reset_credit(start_ms + 60000, owner::max_resets));
	KT_EXPECT(live.recovery.take_reset_credit(start_ms + 60001, owner::max_resets));
}

KT_CASE(single_credit_is_granted_after_a_quiet_minute)
{
	Live live;

	KT_EXPECT(live.recovery.take_reset_credit(1000, 1));
	KT_EXPECT(!live.recovery.take_reset_credit(60999, 1));
	KT_EXPECT(live.recovery.take_reset_credit(60999, 2));
	KT_EXPECT(live.recovery.take_reset_credit(60999, 3));
	KT_EXPECT(!live.recovery.take_reset_credit(60999, 3));
	KT_EXPECT(live.recovery.take_reset_credit(120999, 1));
}

KT_CASE(fourth_reset_in_a_minute_comes_too_often)
{
	Live live;

	for (u32 i = 0; i < owner::max_resets; i++)
		KT_EXPECT_EQ(live.recovery.needs_reset(false, 1000 + i), Event::reset_needed);
	KT_EXPECT_EQ(live.recovery.needs_reset(false, 2000), Event::too_often);
	KT_EXPECT_EQ(live.recovery.needs_reset(false, 62000), Event::reset_needed);
}

KT_CASE(device_that_breaks_the_rules_after_each_of_many_resets_is_hopeless)
{
	Live live;
	u64 at_ms = 1000;

	for (u32 i = 0; i < owner::max_violations; i++, at_ms += owner::settled_ms - 1)
		KT_EXPECT(live.recovery.needs_reset(true, at_ms) != Event::hopeless);
	KT_EXPECT(live.recovery.needs_reset(false, at_ms) != Event::hopeless);
	KT_EXPECT_EQ(live.recovery.needs_reset(true, at_ms), Event::hopeless);
}

KT_CASE(violations_a_minute_apart_are_not_in_a_row)
{
	Live live;
	u64 at_ms = 1000;

	for (u32 i = 0; i < 2 * owner::max_violations; i++, at_ms += owner::settled_ms)
		KT_EXPECT_EQ(live.recovery.needs_reset(true, at_ms), Event::reset_needed);
}

KT_CASE(state_remembers_since_when)
{
	Live live;

	KT_EXPECT_EQ(live.recovery.handle(Event::suspected, 500), Action::probe);
	KT_EXPECT_EQ(live.recovery.since_ms(), 500);
	KT_EXPECT_EQ(live.recovery.handle(Event::suspected, 600), Action::none);
	KT_EXPECT_EQ(live.recovery.since_ms(), 500);
}

KT_CASE(pauses_between_tries_grow_to_thirty_seconds)
{
	Retries retries;
	u64 at_ms = 5000;

	retries.begin(at_ms);
	for (const u64 pause_ms : {1000, 2000, 4000, 8000, 16000, 30000, 30000}) {
		KT_EXPECT(!retries.due(at_ms + pause_ms - 1));
		at_ms += pause_ms;
		KT_EXPECT(retries.due(at_ms));
		retries.start(at_ms);
	}
	KT_EXPECT_EQ(retries.count(), 7);
}

KT_CASE(pauses_begin_anew_after_a_minute_of_work)
{
	for (const bool settled : {false, true}) {
		Retries retries;

		retries.begin(1000);
		retries.start(2000);
		retries.end(3000);
		KT_EXPECT_EQ(retries.due_ms(), 0);
		const u64 again_ms = 3000 + owner::settled_ms - !settled;
		retries.note_reset(again_ms);
		retries.begin(again_ms);
		KT_EXPECT_EQ(retries.due_ms(), again_ms + (settled ? 1000 : 2000));
	}
}

KT_CASE(pause_counts_from_the_reset_that_failed_but_for_one_second)
{
	for (const u64 waited_ms : {500, 20000, 29500, 60000}) {
		Retries retries;

		retries.begin(1000);
		for (u64 at_ms = 1000; at_ms < 7000; at_ms += 1000)
			retries.start(at_ms);
		retries.end(7000);
		retries.note_reset(8000);
		retries.begin(8000 + waited_ms);
		const u64 left_ms = waited_ms < 29000 ? 30000 - waited_ms : 1000;
		KT_EXPECT_EQ(retries.due_ms(), 8000 + waited_ms + left_ms);
	}
}

KT_SUITE_END(owner_decisions);
