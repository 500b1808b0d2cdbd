// SPDX-License-Identifier: GPL-2.0-only
// A waiter that looks for its answer itself before it sleeps.
#include "kernel/time.h"
#include "kunit/support/caller.hh"
#include "owner/queue/watchdog.hh"

KT_SUITE(owner_poll);

using base::u32;
using base::u64;
using fake::Kind;
using support::Caller;
using support::owner_view;
using support::read_status;

namespace {

constexpr u16 read_opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr int no_device = -19, interrupted = -4;
/// Longer than a test; where nothing is known yet, a waiter looks that long.
constexpr u32 long_us = 10000000;
/// What is over by then was not found after the slice that a sleeper sleeps.
constexpr u64 soon_ms = 5000;

/// @vfs open members, and no answer that tells anything of the time that the next takes.
bool prepare(u32 vfs, u32 poll_us)
{
	if (!fake::bring_up(vfs) || !support::open_members(vfs))
		return false;
	// So that LIST_QUERY and LIST_USE are over.
	if (!KT_EXPECT_EQ(read_status(1), 0))
		return false;
	// The watchdog must be idle. It counts completions that it finds before their interrupt, or
	// before the waiter polls.
	support::sleep_ms(owner::watchdog_period_ms * 3 / 2);
	fake::forget_commands();
	fake::set_poll(poll_us);
	return true;
}

/// A member's command that the device holds and its waiter looks for.
bool start_polling(Caller &caller, u32 id = 1)
{
	const u32 before = fake::outstanding();

	fake::clear_rules();
	fake::add_rule({.member = id, .kind = Kind::hold});
	caller.read(id);
	return KT_EXPECT(fake::wait_outstanding(before + 1));
}

/// Likewise, and whose waiter has had the time to fall asleep.
bool start_sleeping(Caller &caller, u32 id)
{
	const bool started = start_polling(caller, id);

	support::sleep_ms(20);
	return started;
}

/// Reads of member 1 that go together.
struct Batch {
	u32 count;

	static int run(void *context)
	{
		core::Access accesses[VIRTIO_OWNER_MAX_ACCESSES];
		unsigned done = 0;

		for (core::Access &access : accesses)
			access = core::read_access(core::LegacySpace::common, WIRE_LEGACY_STATUS, 1);
		return support::execute(fake::member(1), accesses,
					    static_cast<Batch *>(context)->count, &done,
					    virtio_owner_deadline());
	}
};

void expect_lost(u64 lost)
{
	KT_EXPECT_EQ(owner_view().lost_interrupts, lost);
}

void expect_polled(u64 polled)
{
	KT_EXPECT_EQ(owner_view().polled_answers, polled);
}

void expect_counts(u64 polled, u64 lost)
{
	expect_polled(polled);
	expect_lost(lost);
}

} // namespace

KT_CASE(it_needs_no_interrupt)
{
	KT_REQUIRE(prepare(1, 1000));
	fake::add_rule({.at_once = true});

	KT_EXPECT_EQ(read_status(1), 0);
	expect_counts(1, 0);
	support::close_members(1);
}

KT_CASE(off_it_sleeps)
{
	KT_REQUIRE(prepare(1, 0));
	fake::add_rule({.at_once = true});

	KT_EXPECT_EQ(read_status(1), 0);
	expect_counts(0, 1);
	support::close_members(1);
}

KT_CASE(it_goes_on_looking)
{
	KT_REQUIRE(prepare(1, long_us));
	Caller caller;

	KT_REQUIRE(start_polling(caller));
	support::sleep_ms(20);
	fake::answer_held(0, Kind::lost_interrupt);
	KT_EXPECT_EQ(caller.finish(), 0);
	expect_counts(1, 0);
	support::close_members(1);
}

KT_CASE(not_longer_than_it_may)
{
	KT_REQUIRE(prepare(1, 1000));
	Caller caller;

	KT_REQUIRE(start_sleeping(caller, 1));
	fake::answer_held(0, Kind::lost_interrupt);
	KT_EXPECT_EQ(caller.finish(), 0);
	expect_counts(0, 1);
	support::close_members(1);
}

KT_CASE(an_interrupt_may_be_quicker)
{
	KT_REQUIRE(prepare(1, long_us));
	constexpr u32 answers = 100;
	const u64 start = kn_now_ms();
	Caller caller;

	for (u32 i = 0; i < answers; i++) {
		KT_REQUIRE(start_polling(caller));
		fake::answer_held(0);
		KT_EXPECT_EQ(caller.finish(), 0);
		fake::interrupt(0); // nothing to find
	}
	const virtio_owner_view view = owner_view();
	KT_EXPECT(view.polled_answers + view.lost_interrupts <= answers);
	// Each run of the watchdog may find one completion.
	KT_EXPECT(view.lost_interrupts <= (kn_now_ms() - start) / owner::watchdog_period_ms + 1);
	support::close_members(1);
}

KT_CASE(a_slow_device_is_not_looked_at)
{
	KT_REQUIRE(prepare(1, 1000));

	fake::add_rule({.kind = Kind::late, .arg = 20, .count = 2});
	KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(read_status(1), 0);
	expect_polled(0);
	fake::add_rule({.at_once = true});
	KT_EXPECT_EQ(read_status(1), 0);
	expect_polled(0);
	support::close_members(1);
}

// By interrupts alone, nobody having looked.
KT_CASE(a_device_that_becomes_quick_is_looked_at_again)
{
	constexpr u32 limit_ms = 30, most_answers = 20000;

	KT_REQUIRE(prepare(1, limit_ms * 1000));
	fake::add_rule({.kind = Kind::late, .arg = 2 * limit_ms, .count = 1});
	KT_EXPECT_EQ(read_status(1), 0);
	expect_polled(0);
	for (u32 i = 0; i < most_answers && owner_view().polled_answers == 0; i++)
		KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT(owner_view().polled_answers > 0);
	support::close_members(1);
}

KT_CASE(one_looks_for_all)
{
	KT_REQUIRE(prepare(2, long_us));
	Caller one, two;

	KT_REQUIRE(start_polling(one, 1));
	KT_REQUIRE(start_sleeping(two, 2));
	fake::answer_held(1, Kind::lost_interrupt);
	KT_EXPECT_EQ(two.finish(), 0);
	expect_counts(1, 0);
	KT_EXPECT(!one.done());
	fake::answer_held(0, Kind::lost_interrupt);
	KT_EXPECT_EQ(one.finish(), 0);
	expect_counts(2, 0);
	support::close_members(2);
}

KT_CASE(and_the_others_sleep)
{
	KT_REQUIRE(prepare(2, long_us));
	Caller one, two;

	KT_REQUIRE(start_polling(one, 1));
	KT_REQUIRE(start_sleeping(two, 2));
	one.kill();
	KT_EXPECT_EQ(one.finish(), interrupted);
	fake::answer_held(1, Kind::lost_interrupt);
	KT_EXPECT_EQ(two.finish(), 0);
	expect_counts(0, 1);
	// The next one may look again.
	KT_REQUIRE(start_polling(one, 1));
	fake::answer_held(1, Kind::lost_interrupt);
	KT_EXPECT_EQ(one.finish(), 0);
	expect_counts(1, 1);
	fake::answer_all();
	support::close_members(2);
}

KT_CASE(the_answers_of_a_batch)
{
	KT_REQUIRE(prepare(1, 1000));
	Batch batch{VIRTIO_OWNER_MAX_ACCESSES};

	fake::add_rule({.count = fake::forever, .at_once = true});
	KT_EXPECT_EQ(Batch::run(&batch), 0);
	expect_counts(VIRTIO_OWNER_MAX_ACCESSES, 0);
	support::close_members(1);
}

KT_CASE(the_time_counts_from_sending)
{
	KT_REQUIRE(prepare(1, 500000));
	fake::set_timeout(2 * fake::long_ms);
	Batch batch{2};
	Caller caller;

	fake::add_rule({.kind = Kind::hold, .count = 2});
	caller.call(&Batch::run, &batch);
	KT_REQUIRE(fake::wait_outstanding(2));
	support::sleep_ms(300);
	fake::answer_held(0);
	support::sleep_ms(400);
	fake::answer_held(0, Kind::lost_interrupt);
	KT_EXPECT_EQ(caller.finish(), 0);
	expect_lost(1);
	fake::set_timeout(fake::long_ms);
	support::close_members(1);
}

KT_CASE(a_kill_ends_it)
{
	KT_REQUIRE(prepare(1, long_us));
	fake::set_timeout(2 * long_us / 1000);
	Caller caller;

	KT_REQUIRE(start_polling(caller));
	caller.kill();
	KT_EXPECT_EQ(caller.finish(), interrupted);
	KT_EXPECT(caller.took() < soon_ms);
	KT_EXPECT_EQ(owner_view().stats.orphans, 1);
	fake::set_timeout(fake::long_ms);
	fake::answer_all();
	KT_EXPECT(support::eventually([] { return owner_view().stats.orphans == 0; }));
	support::close_members(1);
}

KT_CASE(so_does_who_wants_the_processor)
{
	KT_REQUIRE(prepare(1, long_us));
	Caller caller;

	KT_REQUIRE(start_polling(caller));
	caller.preempt();
	support::sleep_ms(20);
	fake::answer_held(0, Kind::lost_interrupt);
	KT_EXPECT_EQ(caller.finish(), 0);
	expect_counts(0, 1);
	support::close_members(1);
}

KT_CASE(so_does_a_reset)
{
	KT_REQUIRE(prepare(1, long_us));
	fake::set_timeout(2 * long_us / 1000);
	Caller caller;

	KT_REQUIRE(start_polling(caller));
	fake::need_reset();
	KT_EXPECT_EQ(caller.finish(), 0);
	KT_EXPECT(caller.took() < soon_ms);
	KT_EXPECT_EQ(fake::seen(read_opcode), 2);
	KT_EXPECT(support::reaches_epoch(2));
	fake::set_timeout(fake::long_ms);
	support::close_members(1);
}

KT_CASE(so_does_the_owners_end)
{
	for (const auto end : {virtio_owner_bury, virtio_owner_lose, virtio_owner_shutdown}) {
		KT_REQUIRE(prepare(1, long_us));
		fake::set_timeout(2 * long_us / 1000);
		Caller caller;

		KT_REQUIRE(start_polling(caller));
		end(fake::pf().owner);
		KT_EXPECT_EQ(caller.finish(), no_device);
		KT_EXPECT(caller.took() < soon_ms);
		fake::set_timeout(fake::long_ms);
		support::close_members(1);
	}
}

KT_CASE(a_pause_does_not)
{
	KT_REQUIRE(prepare(1, long_us));
	Caller caller, freezer;

	KT_REQUIRE(start_polling(caller));
	freezer.call([](void *owner) { virtio_owner_freeze(static_cast<virtio_owner *>(owner)); return 0; },
		     fake::pf().owner);
	support::sleep_ms(20);
	KT_EXPECT(!caller.done());
	fake::answer_held(0, Kind::lost_interrupt);
	KT_EXPECT_EQ(caller.finish(), 0);
	KT_EXPECT_EQ(freezer.finish(), 0);
	expect_lost(0);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	support::close_members(1);
}

KT_CASE(it_finds_a_broken_queue)
{
	KT_REQUIRE(prepare(1, 1000));
	fake::add_rule({.kind = Kind::bad_id, .arg = 0xffff, .at_once = true});

	KT_EXPECT_EQ(read_status(1), -5);
	KT_EXPECT(support::reaches_epoch(2));
	expect_lost(0);
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(nobody_does_without_interrupts)
{
	KT_REQUIRE(fake::bring_up(1, {.vectors = 0}) && support::open_members(1));
	KT_EXPECT_EQ(read_status(1), 0);
	fake::set_poll(1000);
	fake::add_rule({.at_once = true});
	KT_EXPECT_EQ(read_status(1), 0);
	expect_counts(0, 0);
	support::close_members(1);
}

KT_SUITE_END(owner_poll);
