// SPDX-License-Identifier: GPL-2.0-only
// The end of an owner: memory that the device may still write is never freed.
// The fake watches each freeing.
#include "kunit/support/caller.hh"

using support::Caller;
using support::read_status;

namespace {

/// Unbinds with a short patience; waits for a device that does not react.
void unbind_impatiently()
{
	fake::set_timeout(fake::short_ms);
	fake::set_operation(fake::short_ms);
	const u64 start = kn_now_ms();
	fake::unbind();
	KT_EXPECT(kn_now_ms() - start < 3000);
	KT_EXPECT(!fake::bus_master(fake::pf()));
	KT_EXPECT(!fake::pf().enabled);
}

} // namespace

KT_SUITE(owner_shutdown);

KT_CASE(stops_the_device)
{
	KT_REQUIRE(fake::bring_up(1));
	KT_REQUIRE(support::open_members(1));
	KT_EXPECT_EQ(read_status(1), 0);
	virtio_owner_shutdown(fake::pf().owner);
	KT_EXPECT_EQ(fake::device_status(), 0);
	KT_EXPECT(!fake::bus_master(fake::pf()));
	KT_EXPECT_EQ(fake::function_resets(), 0u);
	KT_EXPECT_EQ(read_status(1), -19);
	support::close_members(1);
}

KT_CASE(ends_all_waits)
{
	KT_REQUIRE(fake::bring_up(3, {.indirect = false, .queue_size = 4}));
	KT_REQUIRE(support::open_members(3));
	KT_EXPECT_EQ(read_status(1), 0);
	fake::add_rule({.kind = fake::Kind::hold, .count = fake::forever});
	{
		// Two with the device, one waiting for a slot.
		Caller callers[3];
		for (u32 i = 0; i < 3; i++) {
			callers[i].read(i + 1);
			KT_REQUIRE(fake::wait_outstanding(i < 2 ? i + 1 : 2));
		}
		support::sleep_ms(30);
		virtio_owner_shutdown(fake::pf().owner);
		for (Caller &caller : callers) {
			KT_EXPECT_EQ(caller.finish(), -19);
			KT_EXPECT(caller.took() < 1500);
		}
	}
	fake::set_timeout(fake::short_ms);
	support::close_members(3);
}

KT_CASE(a_device_that_does_not_stop_is_reset)
{
	KT_REQUIRE(fake::bring_up(1));
	fake::set_reset_confirmed(false);
	fake::set_operation(fake::short_ms);
	virtio_owner_shutdown(fake::pf().owner);
	KT_EXPECT_EQ(fake::function_resets(), 1u);
	KT_EXPECT(!fake::bus_master(fake::pf()));
}

KT_CASE(freed_after_a_function_reset)
{
	KT_REQUIRE(fake::bring_up(1));
	fake::set_reset_confirmed(false);
	unbind_impatiently();
	KT_EXPECT_EQ(fake::function_resets(), 1u);
	KT_EXPECT(!fake::memory_abandoned());
}

KT_CASE(not_freed_if_nothing_stops_the_device)
{
	KT_REQUIRE(fake::bring_up(1));
	fake::set_reset_confirmed(false);
	fake::set_function_reset_works(false);
	fake::expect_abandoned_memory();
	const u32 before = fake::warnings();
	unbind_impatiently();
	KT_EXPECT(fake::memory_abandoned());
	KT_EXPECT_EQ(fake::warnings() - before, 1u);
}

KT_CASE(freed_if_the_device_is_gone)
{
	KT_REQUIRE(fake::bring_up(1));
	fake::set_gone(true);
	unbind_impatiently();
	KT_EXPECT_EQ(fake::function_resets(), 0u);
	KT_EXPECT(!fake::memory_abandoned());
}

KT_CASE(waits_for_a_slow_reset)
{
	KT_REQUIRE(fake::bring_up(1, {.reset_delay_ms = 80}));
	fake::unbind();
	KT_EXPECT_EQ(fake::device_status(), 0);
	KT_EXPECT_EQ(fake::function_resets(), 0u);
	KT_EXPECT(!fake::memory_abandoned());
}

KT_CASE(with_commands_outstanding)
{
	KT_REQUIRE(fake::bring_up(2));
	KT_REQUIRE(support::open_members(2));
	KT_EXPECT_EQ(read_status(1), 0);
	fake::add_rule({.kind = fake::Kind::hold, .count = 2});
	Caller one, two;
	one.read(1);
	two.read(2);
	KT_REQUIRE(fake::wait_outstanding(2));
	virtio_owner_shutdown(fake::pf().owner);
	KT_EXPECT_EQ(one.finish(), -19);
	KT_EXPECT_EQ(two.finish(), -19);
	fake::set_timeout(fake::short_ms);
	support::close_members(2);
	fake::unbind();
}

KT_CASE(while_a_recovery_runs)
{
	KT_REQUIRE(fake::bring_up(1, {.ring_reset = false, .reset_delay_ms = 60}));
	fake::need_reset();
	support::sleep_ms(20);
	virtio_owner_shutdown(fake::pf().owner);
	KT_EXPECT_EQ(fake::device_status(), 0);
	KT_EXPECT(!fake::bus_master(fake::pf()));
}

KT_CASE(a_recovery_scheduled_at_the_last_moment)
{
	// Interrupts until the very end: the work they schedule may not outlive the
	// owner, which the sanitizers see.
	for (int i = 0; i < 10; i++) {
		KT_REQUIRE(fake::bring_up(0));
		fake::interrupt(1);
		fake::need_reset();
		fake::unbind();
		fake::interrupt(1);
		fake::interrupt(0);
		KT_EXPECT(!fake::pf().enabled);
	}
}

KT_CASE(after_a_shutdown_nothing_revives_it)
{
	KT_REQUIRE(fake::bring_up(1));
	virtio_owner_shutdown(fake::pf().owner);
	fake::interrupt(1);
	fake::need_reset();
	support::sleep_ms(20);
	KT_EXPECT_EQ(fake::device_status() & 0x0f, 0);
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT_EQ(fake::device_status() & 0x0f, 0);
	KT_EXPECT_EQ(virtio_owner_has_legacy(fake::member(1)), -19);
}

KT_SUITE_END(owner_shutdown);
