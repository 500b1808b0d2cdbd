// SPDX-License-Identifier: GPL-2.0-only
// Everything at once: members, bad answers, resets, freezes. What counts is that
// no rule is broken, nobody hangs, and all works in the end.
#include "kunit/support/caller.hh"

using support::read_status;

namespace {

constexpr u32 vfs = 6;
constexpr u32 run_ms = 400;
/// So that answers are found by looking and by interrupts.
constexpr u32 poll_us = 1000;

struct Storm {
	base::Atomic<bool> stop{false};
	base::Atomic<u32> good{0};
	base::Atomic<u32> wrong{0};
};

struct Guest {
	Storm *storm;
	u32 id;
};

/// A value that tells members apart, and each from garbage.
u8 mark(u32 id)
{
	return static_cast<u8>(0x40 + id);
}

void guest_thread(void *context)
{
	const Guest &guest = *static_cast<Guest *>(context);
	Storm &storm = *guest.storm;

	while (!storm.stop.load()) {
		u8 value = 0;
		if (support::write_status(guest.id, mark(guest.id)) != 0)
			continue;
		if (read_status(guest.id, &value) != 0)
			continue;
		storm.good.add(1);
		// Between the two a reset may have cleared it.
		if (value != mark(guest.id) && value != 0)
			storm.wrong.add(1);
	}
}

void reopen_thread(void *context)
{
	const Guest &guest = *static_cast<Guest *>(context);

	while (!guest.storm->stop.load()) {
		virtio_owner_member *const member = fake::member(guest.id);
		if (virtio_owner_open(member, nullptr, nullptr) != 0) {
			support::sleep_ms(1);
			continue;
		}
		(void)read_status(guest.id);
		virtio_owner_close(member);
	}
}

/// Runs the members while @trouble happens to the device.
template <typename Trouble>
void run_storm(const fake::Options &options, Trouble trouble)
{
	Storm storm;
	Guest guests[vfs];
	kt_thread *threads[vfs];

	KT_REQUIRE(fake::bring_up(vfs, options));
	KT_REQUIRE(support::open_members(vfs - 1));
	// A refused list would be final.
	KT_EXPECT_EQ(read_status(1), 0);
	for (u32 i = 0; i < vfs; i++) {
		guests[i] = {&storm, i + 1};
		threads[i] = kt_thread_start(i + 1 < vfs ? guest_thread : reopen_thread, &guests[i]);
	}
	const u64 end = kn_now_ms() + run_ms;
	while (kn_now_ms() < end)
		trouble();
	storm.stop.store(true);
	fake::clear_rules();
	fake::answer_all();
	for (kt_thread *const thread : threads)
		kt_thread_join(thread);
	KT_EXPECT(storm.good.load() > 0);
	KT_EXPECT_EQ(storm.wrong.load(), 0u);
	KT_EXPECT_EQ(support::owner_view().stats.orphans, 0u);
	support::close_members(vfs - 1);
}

} // namespace

KT_SUITE(owner_threads);

KT_CASE(nothing_but_traffic)
{
	run_storm({}, [] { support::sleep_ms(10); });
	run_storm({.poll_us = poll_us}, [] { support::sleep_ms(10); });
	run_storm({.indirect = false, .queue_size = 4}, [] { support::sleep_ms(10); });
	run_storm({.vectors = 0, .queue_size = 4}, [] { support::sleep_ms(10); });
}

KT_CASE(lost_interrupts_and_late_answers)
{
	run_storm({.poll_us = poll_us, .indirect = false, .queue_size = 8}, [] {
		fake::clear_rules();
		fake::add_rule({.kind = fake::Kind::lost_interrupt, .count = 1});
		fake::add_rule({.kind = fake::Kind::late, .arg = 5, .count = 3});
		fake::interrupt(0);
		support::sleep_ms(7);
	});
}

KT_CASE(refusals)
{
	run_storm({.queue_size = 4}, [] {
		fake::clear_rules();
		fake::add_rule({.kind = fake::Kind::status, .arg = 11, .count = 2});
		fake::add_rule({.kind = fake::Kind::status, .arg = 22, .count = 1});
		fake::add_rule({.kind = fake::Kind::used_length, .arg = 8, .count = 1});
		support::sleep_ms(3);
	});
}

KT_CASE(resets)
{
	u32 left = 3;
	run_storm({.poll_us = poll_us, .queue_size = 4}, [&left] {
		support::sleep_ms(100);
		if (left != 0) {
			left--;
			fake::need_reset();
		}
	});
	left = 3;
	run_storm({.indirect = false, .queue_size = 8}, [&left] {
		support::sleep_ms(100);
		if (left != 0) {
			left--;
			fake::add_rule({.kind = fake::Kind::bad_id, .arg = 0xffff});
		}
	});
}

KT_CASE(freezes)
{
	run_storm({.poll_us = poll_us, .queue_size = 4}, [] {
		virtio_owner_freeze(fake::pf().owner);
		fake::function_reset(fake::pf());
		KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
		support::sleep_ms(20);
	});
}

KT_CASE(the_end_in_the_middle)
{
	for (int i = 0; i < 3; i++) {
		Storm storm;
		Guest guests[vfs];
		kt_thread *threads[vfs];

		KT_REQUIRE(fake::bring_up(vfs, {.indirect = false, .queue_size = 4}));
		KT_REQUIRE(support::open_members(vfs));
		for (u32 id = 1; id <= vfs; id++) {
			guests[id - 1] = {&storm, id};
			threads[id - 1] = kt_thread_start(guest_thread, &guests[id - 1]);
		}
		support::sleep_ms(20);
		if (i == 0)
			fake::set_gone(true);
		else if (i == 1)
			virtio_owner_shutdown(fake::pf().owner);
		else
			virtio_owner_bury(fake::pf().owner);
		support::sleep_ms(20);
		storm.stop.store(true);
		for (kt_thread *const thread : threads)
			kt_thread_join(thread);
		support::close_members(vfs);
	}
}

KT_SUITE_END(owner_threads);
