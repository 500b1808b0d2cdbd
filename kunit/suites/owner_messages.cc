// SPDX-License-Identifier: GPL-2.0-only
// Messages that a device can cause: how many there are at most.
#include "kunit/support/caller.hh"
#include "owner/stall_log.hh"

KT_SUITE(owner_messages);

using base::u32;
using base::u64;
using fake::Kind;
using owner::StallLog;
using owner::State;
using support::read_status;

namespace {

constexpr u64 second_ms = 1000, begin_ms = 5 * second_ms;

struct Stalls {
	StallLog log;
	u32 before = fake::warnings();
	u64 now_ms = begin_ms;

	void note(State state, u64 then_ms)
	{
		log.note(&fake::pf(), state, 0, now_ms);
		now_ms += then_ms;
	}
	[[nodiscard]] u32 written() const { return fake::warnings() - before; }
};

} // namespace

KT_CASE(long_stall_has_a_message_a_minute_and_one_at_its_end)
{
	fake::start();
	Stalls stalls;

	for (u32 i = 0; i < 90; i++)
		stalls.note(State::stalled, second_ms);
	KT_EXPECT_EQ(stalls.written(), 2);
	stalls.note(State::live, second_ms);
	KT_EXPECT_EQ(stalls.written(), 3);
	stalls.note(State::live, second_ms);
	KT_EXPECT_EQ(stalls.written(), 3);
}

KT_CASE(short_stalls_of_one_minute_have_two_messages)
{
	fake::start();
	Stalls stalls;

	for (u32 i = 0; i < 30; i++) {
		stalls.note(State::stalled, second_ms);
		stalls.note(State::live, second_ms);
	}
	KT_EXPECT_EQ(stalls.written(), 2);
	// The stall after that minute is told, and its end.
	stalls.note(State::stalled, second_ms);
	KT_EXPECT_EQ(stalls.written(), 3);
	stalls.note(State::live, second_ms);
	KT_EXPECT_EQ(stalls.written(), 4);
}

KT_CASE(stall_that_follows_another_one_is_told_once_it_lasts)
{
	fake::start();
	Stalls stalls;

	stalls.note(State::stalled, second_ms);
	stalls.note(State::live, second_ms);
	for (u32 i = 0; i < 60; i++)
		stalls.note(State::stalled, second_ms);
	KT_EXPECT_EQ(stalls.written(), 3);
	stalls.note(State::live, second_ms);
	KT_EXPECT_EQ(stalls.written(), 4);
}

// A guest may reset its function at will, and so clear what its VF did.
KT_CASE(resets_behind_one_member_write_limited_messages)
{
	constexpr u32 offences = 15, limit = 10, window_ms = 5000;

	KT_REQUIRE(support::bring_up_members(2, {.ring_reset = false}));
	fake::set_timeout(100);
	const u32 before = fake::warnings();
	const u64 start = kn_now_ms();
	for (u32 i = 0; i < offences; i++) {
		KT_EXPECT_EQ(read_status(2), 0); // negotiates
		fake::add_rule({.kind = Kind::hold, .count = 2}); // the command, and the probe
		KT_EXPECT(read_status(1) < 0);
		KT_EXPECT(support::reaches_state("live"));
		fake::clear_rules();
		KT_EXPECT_EQ(virtio_owner_quiesce(fake::member(1)), 0);
		virtio_owner_resume(fake::member(1));
	}
	KT_EXPECT(fake::device_resets() >= offences);
	const u64 windows = (kn_now_ms() - start) / window_ms + 1;
	// The group's, and the member's.
	KT_EXPECT(fake::warnings() - before <= 2 * limit * windows);
	fake::set_timeout(fake::long_ms);
	support::close_members(2);
}

KT_SUITE_END(owner_messages);
