// SPDX-License-Identifier: GPL-2.0-only
// A guest whose commands fail under the kernel's client, which logs each of them.
#include "kernel/time.h"
#include "kunit/support/bad_device.hh"
#include "kunit/support/caller.hh"
#include "member/failure_pace.hh"

KT_SUITE(member_failure_pace);

using base::u32;
using base::u64;
using base::u8;
using member::failure_period_ms;
using member::FailurePace;
using member::free_failures;
using support::Guest;

namespace {

constexpr u64 start_ms = 1'000'000;
constexpr fake::Rule refusal{.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::status,
			     .arg = 22, .count = fake::forever};

/// Failures from @now_ms on, each after the wait of the one before, until @end_ms.
u64 failures(FailurePace &pace, u64 now_ms, u64 end_ms)
{
	u64 count = 0;

	for (; now_ms < end_ms; count++)
		now_ms += pace.failed(now_ms);
	return count;
}

/// A write that fails.
int write(void *context)
{
	const u32 value = 1;

	return static_cast<int>(static_cast<Guest *>(context)->write_bar(4, &value, 4));
}

bool start(Guest &guest)
{
	if (!support::start_painted(guest))
		return false;
	fake::add_rule(refusal);
	for (u64 i = 1; i < free_failures; i++) // NOTIFY_INFO was one
		guest.out(4, 4, 1);
	fake::forget_commands();
	return true;
}

} // namespace

KT_CASE(first_failures_are_not_waited_for)
{
	FailurePace pace;

	for (u64 i = 0; i < free_failures; i++)
		KT_EXPECT_EQ(pace.failed(start_ms), 0);
	KT_EXPECT_EQ(pace.failed(start_ms), failure_period_ms);
}

KT_CASE(later_failures_are_one_a_period)
{
	FailurePace pace;

	KT_EXPECT_EQ(failures(pace, start_ms, start_ms + 1), free_failures + 1);
	FailurePace again;
	const u64 periods = 1000;
	KT_EXPECT_EQ(failures(again, start_ms, start_ms + periods * failure_period_ms),
		     free_failures + periods);
}

KT_CASE(time_without_failures_gives_free_ones_back)
{
	FailurePace pace;

	(void)failures(pace, start_ms, start_ms + 1);
	KT_EXPECT_EQ(pace.failed(start_ms + 2 * failure_period_ms), 0);
	KT_EXPECT(pace.failed(start_ms + 2 * failure_period_ms) > 0);
	const u64 later = start_ms + 100 * free_failures * failure_period_ms;
	KT_EXPECT_EQ(failures(pace, later, later + 1), free_failures + 1);
}

KT_CASE(callers_that_do_not_wait_owe_no_more_than_the_longest_wait)
{
	FailurePace pace;

	for (u64 i = 0; i < 10000; i++)
		(void)pace.failed(start_ms);
	KT_EXPECT(pace.failed(start_ms) <= member::longest_failure_wait_ms + 2 * failure_period_ms);
	KT_EXPECT(pace.failed(start_ms) >= member::longest_failure_wait_ms);
}

KT_CASE(guest_whose_writes_fail_is_slowed_down)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start(guest));
	const support::Hurry hurry;
	const u64 begin = kn_now_ms();
	u32 writes = 0;

	for (; support::since(begin) < 3 * fake::short_ms; writes++)
		guest.out(4, 4, 1); // until the deadline of each
	KT_EXPECT(writes <= 4);
	KT_EXPECT(writes >= 2); // but not longer
	KT_EXPECT_EQ(fake::seen(), writes);
}

KT_CASE(commands_that_succeed_are_not_slowed_down)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start(guest));
	const u64 begin = kn_now_ms();

	for (u32 i = 0; i < 20; i++)
		KT_EXPECT_EQ(guest.in(0, 4), support::painted_features);
	KT_EXPECT(support::since(begin) < failure_period_ms);
}

KT_CASE(guest_that_is_killed_does_not_wait)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start(guest));
	for (u32 i = 0; i < 2; i++) {
		const support::Hurry hurry;
		guest.out(4, 4, 1);
	}
	const u64 begin = kn_now_ms();
	support::Caller caller;

	caller.call(write, &guest);
	support::sleep_ms(100);
	KT_EXPECT(!caller.done());
	caller.kill();
	(void)caller.finish();
	KT_EXPECT(support::since(begin) < fake::long_ms - 500);
}

KT_CASE(guests_of_other_vfs_are_not_slowed_down)
{
	KT_REQUIRE(fake::bring_up_client(2));
	Guest guest, other{2};
	KT_REQUIRE(start(guest));
	KT_REQUIRE(other.start());
	const u64 begin = kn_now_ms();

	for (u32 i = 1; i < free_failures; i++)
		other.out(4, 4, 1);
	KT_EXPECT(support::since(begin) < failure_period_ms);
}

KT_SUITE_END(member_failure_pace);
