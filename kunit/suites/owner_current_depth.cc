// SPDX-License-Identifier: GPL-2.0-only
// A device that works on one command after the other gets few of them at once, and who holds
// those back holds nobody else back.
#include "kunit/support/batch.hh"
#include "kunit/support/caller.hh"
#include "owner/queue/dispatch_depth.hh"
#include "owner/queue/scheduler.hh"

KT_SUITE(owner_current_depth);

using base::u16;
using base::u32;
using base::u64;
using support::Batch;
using support::Caller;
using support::eventually;
using support::owner_view;
using support::read_status;

namespace {

constexpr u32 vfs = 8;
constexpr u16 read_opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr int interrupted = -4;
/// 10 ms + 16 A are over: A, the time of a command that is alone, is 2 ms and what the kernel adds.
constexpr u32 overdue_ms = 200;

/// Guests that send all they may.
struct Crowd {
	Batch batches[vfs];
	Caller callers[vfs];

	void start(u32 from = 1, u32 to = vfs)
	{
		for (u32 id = from; id <= to; id++) {
			batches[id - 1].id = id;
			callers[id - 1].call(Batch::call, &batches[id - 1]);
		}
	}
	[[nodiscard]] bool all_done(u32 from = 1) const
	{
		for (u32 id = from; id <= vfs; id++)
			if (!callers[id - 1].done())
				return false;
		return true;
	}
	void expect_success()
	{
		for (Caller &caller : callers)
			KT_EXPECT_EQ(caller.finish(), 0);
	}
};

void hold_all()
{
	fake::add_rule({.opcode = read_opcode, .kind = fake::Kind::hold, .count = fake::forever});
}

/// The first command that the device has behind so many, if any, is answered after so many
/// milliseconds.
void answer_after(u32 ms, u32 behind = 0)
{
	const bool any = fake::outstanding() > behind;

	support::sleep_ms(any ? ms : 1);
	if (any)
		fake::answer_held(behind);
}

/// Commands one at a time. A function of its own, because a kernel stack has no room for all of it.
[[gnu::noinline]] bool run_alone(u32 each_ms)
{
	for (u32 i = 0; i < 4; i++) {
		Caller alone;
		alone.read(1);
		if (!KT_EXPECT(fake::wait_outstanding(1)))
			return false;
		answer_after(each_ms);
		KT_EXPECT_EQ(alone.finish(), 0);
	}
	return true;
}

/// A device that takes so many milliseconds for each command, until the owner knows that.
bool learn(u32 each_ms)
{
	if (!fake::bring_up(vfs) || !support::open_members(vfs) || !KT_EXPECT_EQ(read_status(1), 0))
		return false;
	hold_all();
	if (!run_alone(each_ms))
		return false;
	KT_EXPECT_EQ(owner_view().current_depth, owner_view().depth);
	for (u32 rounds = 0; rounds < 20 && owner_view().current_depth > 8; rounds++) {
		Crowd crowd;
		crowd.start();
		while (!crowd.all_done())
			answer_after(each_ms);
		crowd.expect_success();
	}
	fake::clear_rules();
	return KT_EXPECT(owner_view().current_depth <= 8);
}

/// Whether the device has so many commands within two seconds: until some are overdue, which
/// takes longer on a busy machine, as answers did before.
bool device_gets(u32 count)
{
	const auto has = [&] { return fake::outstanding() >= count; };

	return eventually(has) || eventually(has);
}

/// For longer than it takes until a command is sent alone, members from the second on keep a
/// device busy that takes 2 ms for each, behind what the first one has there. How often one
/// looks and sees that the next one is to be alone.
u32 waits_for_one_alone(u32 behind)
{
	const u64 end = kn_now_ms() + 1500;
	u32 seen = 0;

	hold_all();
	Crowd crowd;
	crowd.start(2);
	while (!crowd.all_done(2)) {
		seen += owner_view().current_depth == 1;
		answer_after(2, behind);
		for (u32 id = 2; id <= vfs; id++)
			if (crowd.callers[id - 1].done() && kn_now_ms() < end)
				crowd.start(id, id);
	}
	fake::clear_rules();
	return seen;
}

} // namespace

// Those of members that got none of the places wait, and turns are taken.
KT_CASE(no_more_than_are_of_use)
{
	KT_REQUIRE(learn(20));
	hold_all();
	Crowd crowd;
	crowd.start();
	KT_EXPECT(fake::wait_outstanding(1));
	support::sleep_ms(50); // nothing is overdue yet
	KT_EXPECT(fake::outstanding() <= 8);
	fake::clear_rules();
	while (!crowd.all_done()) {
		fake::answer_all();
		support::sleep_ms(1);
	}
	crowd.expect_success();
	support::close_members(vfs);
}

KT_CASE(what_is_held_back_holds_nobody_back)
{
	KT_REQUIRE(learn(2));
	// The device does not answer one member.
	fake::add_rule({.opcode = read_opcode, .member = 1, .kind = fake::Kind::hold,
			.count = fake::forever});
	Crowd crowd;
	crowd.callers[0].call(Batch::call, &(crowd.batches[0].id = 1, crowd.batches[0]));
	KT_EXPECT(fake::wait_outstanding(1)); // all of them, or one that is to be alone
	crowd.start(2);
	for (u32 id = 2; id <= vfs; id++)
		KT_EXPECT_EQ(crowd.callers[id - 1].finish(), 0);
	KT_EXPECT(!crowd.callers[0].done());
	KT_EXPECT(fake::outstanding() >= 1);
	fake::clear_rules();
	fake::answer_all();
	crowd.expect_success();
	support::close_members(vfs);
}

KT_CASE(nor_what_nobody_waits_for)
{
	KT_REQUIRE(learn(2));
	fake::add_rule({.opcode = read_opcode, .member = 1, .kind = fake::Kind::hold,
			.count = fake::forever});
	for (u32 i = 1; i <= owner::max_share; i++) {
		Caller killed;
		killed.read(1);
		KT_EXPECT(device_gets(i));
		killed.kill();
		KT_EXPECT_EQ(killed.finish(), interrupted);
	}
	support::sleep_ms(overdue_ms);
	KT_EXPECT_EQ(read_status(2), 0);
	fake::clear_rules();
	fake::answer_all();
	KT_EXPECT(eventually([] { return owner_view().stats.orphans == 0; }));
	KT_EXPECT(owner_view().current_depth <= 8);
	support::close_members(vfs);
}

KT_CASE(who_is_slow_is_not_waited_for)
{
	KT_REQUIRE(learn(2));
	KT_EXPECT(waits_for_one_alone(0) > 0);
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::hold});
	Caller slow;
	slow.write(1, WIRE_LEGACY_STATUS, 1);
	KT_EXPECT(fake::wait_outstanding(1));
	KT_EXPECT_EQ(waits_for_one_alone(1), 0);
	fake::answer_all();
	KT_EXPECT_EQ(slow.finish(), 0);
	support::close_members(vfs);
}

// One that takes long may be the one that is sent alone. Then the others follow at once.
KT_CASE(nor_is_who_is_slow_alone)
{
	KT_REQUIRE(learn(2));
	hold_all();
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::hold});
	const u64 end = kn_now_ms() + 4000;
	const auto is_there = [] { return fake::seen(WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE) > 0; };
	Crowd crowd;
	Caller slow;
	crowd.start(2);
	while (kn_now_ms() < end && owner_view().current_depth != 1) {
		answer_after(2);
		for (u32 id = 2; id <= vfs; id++)
			if (crowd.callers[id - 1].done())
				crowd.start(id, id);
	}
	KT_EXPECT_EQ(owner_view().current_depth, 1);
	fake::forget_commands();
	slow.write(1, WIRE_LEGACY_STATUS, 1);
	while (!is_there() && kn_now_ms() < end + 1000)
		answer_after(2);
	KT_EXPECT(is_there());
	KT_EXPECT(owner_view().current_depth != 1);
	fake::clear_rules();
	while (!crowd.all_done(2)) {
		fake::answer_all();
		support::sleep_ms(1);
	}
	fake::answer_all();
	KT_EXPECT_EQ(slow.finish(), 0);
	support::close_members(vfs);
}

KT_CASE(a_reset_forgets)
{
	KT_REQUIRE(learn(2));
	fake::need_reset();
	KT_EXPECT(support::reaches_epoch(2));
	KT_EXPECT_EQ(owner_view().current_depth, owner_view().depth);
	hold_all();
	Crowd crowd;
	crowd.start();
	KT_EXPECT(fake::wait_outstanding(vfs * 4));
	fake::clear_rules();
	fake::answer_all();
	crowd.expect_success();
	support::close_members(vfs);
}

KT_SUITE_END(owner_current_depth);
