// SPDX-License-Identifier: GPL-2.0-only
// Commands that found no slot: who frees one sends them, in their waiters' place.
#include "core/lock_guard.hh"
#include "kunit/support/batch.hh"
#include "kunit/support/caller.hh"
#include "kunit/support/queue.hh"

KT_SUITE(owner_queued);

using base::u32;
using base::u64;
using base::u8;
using fake::Kind;
using support::Batch;
using support::Caller;
using support::queue;
using support::eventually;
using support::owner_view;
using support::read_status;

namespace {

constexpr u16 read_opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr int timed_out = -110, interrupted = -4, no_device = -19;
constexpr u32 slots = 2;

bool prepare(u32 vfs, const fake::Options &options)
{
	if (!fake::bring_up(vfs, options) || !support::open_members(vfs))
		return false;
	// So that LIST_QUERY and LIST_USE are over.
	if (!KT_EXPECT_EQ(read_status(1), 0))
		return false;
	fake::forget_commands();
	fake::add_rule({.opcode = read_opcode, .kind = Kind::hold, .count = fake::forever});
	return true;
}

/// How many requests of members 1 to @vfs wait for slots.
u32 queued(u32 vfs)
{
	core::SpinGuard guard{queue().lock()};
	u32 count = 0;

	for (u32 id = 1; id <= vfs; id++)
		for (const owner::SlotWaiter *at = fake::member(id)->sender.head; at; at = at->next)
			count++;
	return count;
}

/// Members 1 and 2 have both slots, and the others, one after the other, wait.
struct Full {
	Caller callers[fake::max_vfs];
	u32 vfs;
	bool ready = false;

	explicit Full(u32 count, const fake::Options &options = {.indirect = false, .queue_size = 4})
		: vfs(count)
	{
		if (!prepare(vfs, options))
			return;
		for (u32 id = 1; id <= vfs; id++) {
			callers[id - 1].read(id);
			if (!KT_EXPECT(id <= slots ? fake::wait_outstanding(id) : waits(id - slots)))
				return;
		}
		ready = true;
	}
	[[nodiscard]] bool waits(u32 count) const
	{
		return eventually([&] { return queued(vfs) == count; });
	}
	[[nodiscard]] Caller &of(u32 id) { return callers[id - 1]; }
	/// All slots come back, and each of them works.
	void end()
	{
		fake::clear_rules();
		fake::answer_all();
		for (u32 id = 1; id <= vfs; id++)
			(void)of(id).finish();
		KT_EXPECT_EQ(queued(vfs), 0u);
		KT_EXPECT(eventually([] { return owner_view().stats.orphans == 0; }));
		for (u32 id = 1; id <= vfs; id++)
			KT_EXPECT_EQ(read_status(id), 0);
		support::close_members(vfs);
	}
};

/// Time passes, and the first @answers come, before any waiter can leave.
void pass_under_lock(u32 ms, u32 answers)
{
	core::SpinGuard guard{queue().lock()};
	const u64 end = kn_now_ms() + ms;

	while (kn_now_ms() < end)
		;
	for (u32 i = 0; i < answers; i++)
		fake::answer_held(0, Kind::lost_interrupt);
}

} // namespace

// Its waiter cannot be that quick each time.
KT_CASE(the_harvest_sends_it)
{
	constexpr u32 rounds = 20;
	u32 sent = 0;

	for (u32 i = 0; i < rounds; i++) {
		Full full{3};
		KT_REQUIRE(full.ready);
		const u32 before = fake::doorbell_notifications();
		fake::answer_held(0, Kind::lost_interrupt);
		queue().process();
		sent += fake::doorbell_notifications() - before;
		KT_EXPECT(fake::wait_outstanding(slots));
		full.end();
	}
	KT_EXPECT_EQ(sent, rounds);
}

KT_CASE(one_notification_for_all)
{
	Full full{6};
	KT_REQUIRE(full.ready);
	const u32 before = fake::doorbell_notifications();
	fake::answer_held(0, Kind::lost_interrupt);
	fake::answer_held(0, Kind::lost_interrupt);
	queue().process();
	KT_EXPECT_EQ(fake::doorbell_notifications() - before, 1u);
	KT_EXPECT(eventually([] { return fake::outstanding() == slots; }));
	KT_EXPECT_EQ(fake::seen_command(2).member, 3u);
	KT_EXPECT_EQ(fake::seen_command(3).member, 4u);
	queue().process(); // with nothing to find
	KT_EXPECT_EQ(fake::doorbell_notifications() - before, 1u);
	full.end();
}

KT_CASE(who_was_served_longest_ago_is_next)
{
	Full full{4};
	KT_REQUIRE(full.ready);
	Caller again;
	again.read(2); // behind its first, and behind 3 and 4
	KT_REQUIRE(full.waits(3));
	for (const u64 id : {3, 4, 2}) {
		fake::answer_held(0);
		KT_REQUIRE(eventually([] { return fake::outstanding() == slots; }));
		KT_EXPECT_EQ(fake::seen_command(fake::seen() - 1).member, id);
	}
	fake::clear_rules();
	fake::answer_all();
	KT_EXPECT_EQ(again.finish(), 0);
	full.end();
}

// The first of each before the second of any.
KT_CASE(the_rest_of_a_batch_goes_along)
{
	KT_REQUIRE(prepare(6, {.depth = 8})); // a share of two
	Batch batches[6];
	Caller callers[6];

	for (u32 i = 0; i < 6; i++) {
		batches[i].id = i + 1;
		callers[i].call(Batch::call, &batches[i]);
		KT_REQUIRE(i < 4 ? fake::wait_outstanding(2 * (i + 1))
				 : eventually([&] { return queued(6) == i - 3; }));
	}
	const u32 before = fake::seen();
	for (u32 i = 0; i < 3; i++)
		fake::answer_held(0, Kind::lost_interrupt);
	queue().process();
	KT_EXPECT(eventually([] { return fake::outstanding() >= 8; }));
	KT_EXPECT_EQ(fake::seen_command(before).member, 5u);
	KT_EXPECT_EQ(fake::seen_command(before + 1).member, 6u);
	KT_EXPECT_EQ(fake::seen_command(before + 2).member, 5u);
	fake::clear_rules();
	fake::answer_all();
	for (u32 i = 0; i < 6; i++) {
		KT_EXPECT_EQ(callers[i].finish(), 0);
		KT_EXPECT_EQ(batches[i].done, VIRTIO_OWNER_MAX_ACCESSES);
	}
	support::close_members(6);
}

KT_CASE(killed_while_it_is_queued)
{
	Full full{4};
	KT_REQUIRE(full.ready);
	full.of(3).kill();
	KT_EXPECT_EQ(full.of(3).finish(), interrupted);
	KT_EXPECT_EQ(queued(4), 1u);
	fake::answer_held(0);
	KT_REQUIRE(eventually([] { return fake::seen(read_opcode, 4) == 1; }));
	KT_EXPECT_EQ(fake::seen(read_opcode, 3), 0u);
	full.end();
}

KT_CASE(killed_after_it_was_sent)
{
	Full full{3};
	KT_REQUIRE(full.ready);
	fake::answer_held(0);
	KT_REQUIRE(eventually([] { return fake::seen(read_opcode, 3) == 1; }));
	full.of(3).kill();
	KT_EXPECT_EQ(full.of(3).finish(), interrupted);
	KT_EXPECT_EQ(owner_view().stats.orphans, 1u);
	full.end();
}

KT_CASE(killed_just_when_it_is_sent)
{
	for (u32 i = 0; i < 10; i++) {
		Full full{3};
		KT_REQUIRE(full.ready);
		fake::answer_held(0, Kind::lost_interrupt);
		full.of(3).kill();
		queue().process();
		const int error = full.of(3).finish();
		KT_EXPECT(error == interrupted);
		KT_EXPECT(fake::seen(read_opcode, 3) <= 1);
		full.end();
	}
}

KT_CASE(too_late_it_is_not_sent)
{
	Full full{2};
	KT_REQUIRE(full.ready);
	fake::set_timeout(fake::short_ms);
	Caller late;
	late.read(1);
	KT_REQUIRE(full.waits(1));
	pass_under_lock(5 * fake::short_ms, 1); // its limit is four times the timeout
	queue().process();
	fake::set_timeout(fake::long_ms);
	KT_EXPECT_EQ(late.finish(), timed_out);
	KT_EXPECT_EQ(fake::seen(read_opcode, 1), 1u);
	full.end();
}

// Member 1 was served longest ago, and stays so for its second when its first is too late.
// Which the harvest finds if its waiter is not that quick.
KT_CASE(what_is_not_sent_costs_no_turn)
{
	constexpr u32 late_ms = 600; // the others have to come before it is over

	for (u32 i = 0; i < 3; i++) {
		Full full{3};
		KT_REQUIRE(full.ready);
		fake::answer_held(0);
		KT_REQUIRE(fake::wait_outstanding(slots)); // of members 2 and 3
		fake::set_timeout(late_ms);
		Caller late, next, other;
		late.read(1);
		KT_REQUIRE(full.waits(1));
		fake::set_timeout(fake::long_ms);
		next.read(1);
		KT_REQUIRE(full.waits(2));
		other.read(2);
		KT_REQUIRE(full.waits(3));
		pass_under_lock(late_ms, slots);
		queue().process();
		KT_EXPECT_EQ(late.finish(), timed_out);
		KT_REQUIRE(eventually([] { return fake::outstanding() == slots; }));
		KT_EXPECT_EQ(fake::seen_command(fake::seen() - 2).member, 1u);
		KT_EXPECT_EQ(fake::seen_command(fake::seen() - 1).member, 2u);
		fake::clear_rules();
		fake::answer_all();
		KT_EXPECT_EQ(next.finish(), 0);
		KT_EXPECT_EQ(other.finish(), 0);
		full.end();
	}
}

// What is too much is tried again, and ends as the others do.
KT_CASE(no_more_of_a_member_wait_than_may)
{
	constexpr u32 count = owner::max_waiting + 3;
	Full full{3};
	KT_REQUIRE(full.ready);
	auto *const callers = static_cast<Caller *>(kt_alloc(count * sizeof(Caller))); // not on the stack
	KT_REQUIRE(callers);
	for (u32 i = 0; i < count; i++)
		(new (&callers[i]) Caller)->read(1);
	KT_EXPECT(full.waits(owner::max_waiting + 1)); // and member 3's
	support::sleep_ms(20);
	KT_EXPECT_EQ(queued(3), owner::max_waiting + 1u);
	callers[0].kill();
	KT_EXPECT_EQ(callers[0].finish(), interrupted);
	KT_EXPECT(full.waits(owner::max_waiting + 1));
	fake::clear_rules();
	fake::answer_all();
	for (u32 i = 1; i < count; i++)
		KT_EXPECT_EQ(callers[i].finish(), 0);
	kt_free(callers);
	full.end();
}

KT_CASE(a_pause_and_its_end)
{
	Full full{3};
	KT_REQUIRE(full.ready);
	Caller freezer;
	freezer.call([](void *owner) { virtio_owner_freeze(static_cast<virtio_owner *>(owner)); return 0; },
		     fake::pf().owner);
	KT_EXPECT(eventually([] { return queued(3) == 0; }));
	fake::answer_held(0);
	fake::answer_held(0);
	KT_EXPECT_EQ(freezer.finish(), 0);
	KT_EXPECT_EQ(fake::seen(read_opcode, 3), 0u);
	KT_EXPECT(!full.of(3).done());
	fake::function_reset(fake::pf());
	fake::clear_rules();
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT_EQ(full.of(3).finish(), 0);
	full.end();
}

KT_CASE(a_reset_ends_it_and_it_is_tried_again)
{
	Full full{4};
	KT_REQUIRE(full.ready);
	fake::clear_rules();
	fake::need_reset();
	for (u32 id = 1; id <= 4; id++)
		KT_EXPECT_EQ(full.of(id).finish(), 0);
	KT_EXPECT(support::reaches_epoch(2));
	full.end();
}

KT_CASE(a_broken_queue_ends_it_and_it_is_tried_again)
{
	Full full{4};
	KT_REQUIRE(full.ready);
	fake::clear_rules();
	// A good answer before it: nothing is sent to a queue that is broken.
	fake::answer_held(0, Kind::lost_interrupt);
	fake::answer_held(0, Kind::bad_id, 0xffff);
	KT_EXPECT_EQ(full.of(1).finish(), 0);
	KT_EXPECT_EQ(full.of(2).finish(), -5);
	KT_EXPECT_EQ(full.of(3).finish(), 0);
	KT_EXPECT_EQ(full.of(4).finish(), 0);
	KT_EXPECT(support::reaches_epoch(2));
	full.end();
}

KT_CASE(a_device_that_is_gone_ends_it)
{
	for (const auto end : {virtio_owner_bury, virtio_owner_lose, virtio_owner_shutdown}) {
		Full full{4};
		KT_REQUIRE(full.ready);
		end(fake::pf().owner);
		for (u32 id = 1; id <= 4; id++)
			KT_EXPECT_EQ(full.of(id).finish(), no_device);
		support::close_members(4);
	}
}

// Answers that come before a reset count, and free their slots. Nothing may be sent there.
KT_CASE(what_was_queued_is_not_sent_behind_a_reset)
{
	Full full{3};
	KT_REQUIRE(full.ready);
	const u32 before = fake::doorbell_notifications();
	fake::answer_held(0, Kind::lost_interrupt);
	fake::set_timeout(fake::short_ms);
	virtio_owner_freeze(fake::pf().owner);
	fake::set_timeout(fake::long_ms);
	KT_EXPECT_EQ(fake::doorbell_notifications(), before);
	KT_EXPECT_EQ(full.of(1).finish(), 0);
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	full.end();
}

KT_CASE(a_member_that_is_held_is_passed_over)
{
	Full full{4};
	KT_REQUIRE(full.ready);
	KT_EXPECT_EQ(virtio_owner_quiesce(fake::member(3)), 0);
	fake::answer_held(0);
	KT_REQUIRE(eventually([] { return fake::seen(read_opcode, 4) == 1; }));
	KT_EXPECT_EQ(full.of(3).finish(), -6);
	KT_EXPECT_EQ(fake::seen(read_opcode, 3), 0u);
	virtio_owner_resume(fake::member(3));
	full.end();
}

KT_CASE(who_is_held_when_its_time_is_over_is_told_that)
{
	Full full{3};
	KT_REQUIRE(full.ready);
	fake::set_timeout(1000); // in which it is held, on a busy machine, too
	Caller late;
	late.read(3);
	KT_REQUIRE(full.waits(2));
	fake::set_timeout(fake::long_ms);
	KT_EXPECT_EQ(virtio_owner_quiesce(fake::member(3)), 0);
	KT_EXPECT_EQ(late.finish(), -6);
	virtio_owner_resume(fake::member(3));
	full.end();
}

// Without an interrupt, the one who waits looks for all.
KT_CASE(where_there_is_no_interrupt)
{
	Full full{4, {.vectors = 0, .indirect = false, .queue_size = 4}};
	KT_REQUIRE(full.ready);
	fake::clear_rules();
	fake::answer_all();
	for (u32 id = 1; id <= 4; id++)
		KT_EXPECT_EQ(full.of(id).finish(), 0);
	full.end();
}

KT_SUITE_END(owner_queued);
