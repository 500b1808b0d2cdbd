// SPDX-License-Identifier: GPL-2.0-only
// What Recovery decides, event by event.
#include "kunit/test.hh"
#include "owner/recovery.hh"

KT_SUITE(owner_decisions);

using base::Error;
using base::u32;
using base::u64;
using owner::Action;
using owner::FailedWait;
using owner::Findings;
using owner::QueueActivity;
using owner::Recovery;
using owner::State;

namespace {

constexpr u32 timeout_ms = 800;
constexpr u64 ms = 1000; ///< in microseconds
constexpr u64 now_us = 100000 * ms;
/// 7/8 of the timeout, and a half of it.
constexpr u64 stall_us = 700 * ms, half_us = 400 * ms;

/// A device with commands, whose last completion was that of another sender just now.
constexpr QueueActivity active = {.now_us = now_us, .opened_us = 1, .idle_since_us = now_us,
				  .others_us = now_us, .busy = true};
/// A member that waited for the whole timeout.
constexpr FailedWait full_wait = {.since_us = now_us - timeout_ms * ms, .recovered_us = 0,
				  .orphans = 0, .share = 8};

struct Live {
	u32 timeout = timeout_ms;
	Recovery recovery{timeout};

	Live() { KT_EXPECT(recovery.mark_live()); }
};

} // namespace

KT_CASE(device_without_completions_for_most_of_the_timeout_is_stalled)
{
	const Live live;
	QueueActivity queue = active;

	KT_EXPECT(!live.recovery.is_stalled(queue));
	queue.idle_since_us = now_us - stall_us + 1;
	KT_EXPECT(!live.recovery.is_stalled(queue));
	queue.idle_since_us = now_us - stall_us;
	KT_EXPECT(live.recovery.is_stalled(queue));
	queue.busy = false;
	KT_EXPECT(!live.recovery.is_stalled(queue));
}

KT_CASE(timeout_setting_may_change)
{
	Live live;
	QueueActivity queue = active;

	queue.idle_since_us = now_us - stall_us;
	live.timeout = 2 * timeout_ms;
	KT_EXPECT(!live.recovery.is_stalled(queue));
	live.timeout = timeout_ms / 2;
	queue.idle_since_us = now_us - stall_us / 2;
	KT_EXPECT(live.recovery.is_stalled(queue));
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

KT_CASE(findings_ask_for_a_reset)
{
	Live live;

	KT_EXPECT_EQ(live.recovery.examine({}), Action::none);
	KT_EXPECT_EQ(live.recovery.examine({.violated = true}), Action::reset);
	KT_EXPECT_EQ(live.recovery.examine({.needs_reset = true}), Action::reset);
	KT_EXPECT_EQ(live.recovery.examine({.unreachable = true, .violated = true}),
		     Action::handle_unreachable);
}

KT_CASE(reported_stall_is_taken_once)
{
	Live live;

	KT_EXPECT(!live.recovery.take_stall());
	live.recovery.report_stall();
	KT_EXPECT(live.recovery.take_stall());
	KT_EXPECT(!live.recovery.take_stall());
	KT_EXPECT_EQ(live.recovery.examine({.stalled = true}), Action::reset);
}

KT_CASE(owner_that_is_not_live_is_not_recovered)
{
	const Findings all = {.unreachable = true, .violated = true, .needs_reset = true,
			      .stalled = true};
	Live frozen, lost, dead;

	KT_EXPECT(frozen.recovery.mark_frozen(State::live));
	KT_EXPECT_EQ(frozen.recovery.examine(all), Action::none);
	KT_EXPECT(lost.recovery.mark_lost());
	KT_EXPECT_EQ(lost.recovery.examine(all), Action::none);
	KT_EXPECT(dead.recovery.mark_dead());
	KT_EXPECT_EQ(dead.recovery.examine(all), Action::none);
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

KT_CASE(failed_reset_is_final_only_while_the_device_answers)
{
	Live live, lost;

	KT_EXPECT_EQ(live.recovery.reset_failed(Error::timed_out), Action::mark_dead);
	KT_EXPECT_EQ(live.recovery.reset_failed(Error::not_supported), Action::mark_dead);
	KT_EXPECT_EQ(live.recovery.reset_failed(Error::no_device), Action::handle_unreachable);
	(void)lost.recovery.mark_lost();
	KT_EXPECT_EQ(lost.recovery.reset_failed(Error::timed_out), Action::none);
	KT_EXPECT_EQ(lost.recovery.reset_failed(Error::no_device), Action::none);
}

KT_CASE(unreachable_function_is_lost_unless_it_was_removed)
{
	const Live live;

	KT_EXPECT_EQ(live.recovery.unreachable(false, true), Action::mark_lost);
	KT_EXPECT_EQ(live.recovery.unreachable(false, false), Action::none); // a late waiter
	KT_EXPECT_EQ(live.recovery.unreachable(true, true), Action::mark_dead);
	KT_EXPECT_EQ(live.recovery.unreachable(true, false), Action::mark_dead);
}

KT_CASE(dead_is_final)
{
	Live live;

	KT_EXPECT(live.recovery.mark_dead());
	KT_EXPECT(!live.recovery.mark_dead());
	KT_EXPECT(!live.recovery.mark_live());
	KT_EXPECT(!live.recovery.mark_lost());
	KT_EXPECT(!live.recovery.mark_frozen(State::live));
	KT_EXPECT(!live.recovery.mark_frozen(State::lost));
	KT_EXPECT_EQ(live.recovery.state(), State::dead);
}

KT_CASE(lost_ends_with_a_reset_of_the_function)
{
	Live live;

	KT_EXPECT(live.recovery.mark_lost());
	KT_EXPECT(!live.recovery.mark_live());
	KT_EXPECT(live.recovery.mark_frozen(State::lost));
	KT_EXPECT(!live.recovery.mark_lost());
	KT_EXPECT(live.recovery.mark_live());
	KT_EXPECT_EQ(live.recovery.state(), State::live);
}

KT_SUITE_END(owner_decisions);
