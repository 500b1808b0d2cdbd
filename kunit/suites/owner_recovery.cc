// SPDX-License-Identifier: GPL-2.0-only
// Resets of queue and device, epochs, and when there is nothing left to try.
#include "kunit/support/caller.hh"
#include "kunit/support/text.hh"

using support::Caller;
using support::read_status;

namespace {

constexpr int no_device = -19, interrupted = -4;

bool prepare(u32 vfs, const fake::Options &options = {})
{
	if (!fake::bring_up(vfs, options) || !support::open_members(vfs))
		return false;
	for (u32 id = 1; id <= vfs; id++) {
		fake::vf(id).status = static_cast<u8>(0x20 + id);
		(void)read_status(id);
	}
	fake::forget_commands();
	return true;
}

u32 epoch()
{
	return support::owner_view().stats.epoch;
}

/// The device stands still behind a command of @id, and not behind the next probe: the next
/// epoch.
void stand_still(u32 id)
{
	const u32 before = epoch();

	fake::add_rule({.kind = fake::Kind::hold, .count = 2});
	fake::set_timeout(fake::short_ms);
	KT_EXPECT(read_status(id) < 0);
	KT_EXPECT(support::eventually([&] { return epoch() > before; }, 3000));
	fake::set_timeout(fake::long_ms);
	KT_EXPECT(support::reaches_state("live"));
	KT_EXPECT_EQ(support::write_status(id, 0), 0);
}

int thaw_owner(void *)
{
	return virtio_owner_thaw(fake::pf().owner);
}

int freeze_owner(void *)
{
	virtio_owner_freeze(fake::pf().owner);
	return 0;
}

} // namespace

KT_SUITE(owner_recovery);

KT_CASE(needs_reset)
{
	for (const bool ring_reset : {false, true}) {
		u8 value = 0;
		KT_REQUIRE(prepare(1, {.ring_reset = ring_reset}));
		fake::need_reset();
		KT_EXPECT(support::reaches_epoch(2));
		KT_EXPECT_EQ(read_status(1, &value), 0);
		KT_EXPECT_EQ(value, 0x21);
		// A queue reset would not help such a device.
		KT_EXPECT_EQ(fake::queue_resets(), 0u);
		KT_EXPECT_EQ(fake::device_resets(), 2u);
		KT_EXPECT_EQ(fake::device_status(), 0x0f);
		support::close_members(1);
	}
}

KT_CASE(needs_reset_without_an_interrupt_for_it)
{
	// One vector: the waiters have to see it themselves.
	KT_REQUIRE(prepare(1, {.vectors = 1}));
	fake::need_reset();
	fake::add_rule({.kind = fake::Kind::hold});
	KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(epoch(), 2u);
	support::close_members(1);
}

KT_CASE(needs_reset_while_commands_are_outstanding)
{
	KT_REQUIRE(prepare(2));
	fake::add_rule({.kind = fake::Kind::hold, .count = 2});
	Caller one, two;
	one.read(1);
	two.read(2);
	KT_REQUIRE(fake::wait_outstanding(2));
	fake::need_reset();
	// They are sent again.
	KT_EXPECT_EQ(one.finish(), 0);
	KT_EXPECT_EQ(two.finish(), 0);
	KT_EXPECT_EQ(one.value(), 0x21);
	KT_EXPECT_EQ(two.value(), 0x22);
	KT_EXPECT_EQ(epoch(), 2u);
	KT_EXPECT_EQ(support::owner_view().stats.orphans, 0u);
	support::close_members(2);
}

KT_CASE(an_answer_before_the_reset_counts)
{
	KT_REQUIRE(prepare(1, {.ring_reset = false}));
	fake::vf(1).isr = 1;
	fake::add_rule({.kind = fake::Kind::lost_interrupt});
	Caller caller;
	caller.read(1, WIRE_LEGACY_ISR);
	KT_REQUIRE(support::eventually([] { return fake::seen() == 1 && !fake::outstanding(); }));
	fake::need_reset();
	KT_EXPECT_EQ(caller.finish(), 0);
	// Reading clears it: a second command would have found nothing.
	KT_EXPECT_EQ(caller.value(), 1);
	KT_EXPECT(support::reaches_epoch(2));
	KT_EXPECT_EQ(fake::seen(WIRE_ADMIN_LEGACY_COMMON_CFG_READ), 1u);
	support::close_members(1);
}

KT_CASE(a_queue_reset_that_is_not_confirmed)
{
	// The device's reset is the next thing to try, with time of its own.
	KT_REQUIRE(prepare(1, {.reset_delay_ms = 20}));
	fake::set_queue_reset_confirmed(false);
	stand_still(1);
	KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(fake::queue_resets(), 1u);
	KT_EXPECT_EQ(fake::device_resets(), 2u);
	support::close_members(1);
}

KT_CASE(device_reset_that_is_not_confirmed_stalls_the_owner)
{
	KT_REQUIRE(prepare(2, {.ring_reset = false}));
	fake::set_reset_confirmed(false);
	fake::add_rule({.kind = fake::Kind::hold, .count = fake::forever});
	Caller other;
	other.read(2);
	KT_REQUIRE(fake::wait_outstanding(1));
	fake::set_timeout(fake::short_ms);
	KT_EXPECT(read_status(1) < 0);
	KT_EXPECT(support::reaches_state("stalled", 3000));
	KT_EXPECT(other.finish() < 0);
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(read_status(1), no_device);
	KT_EXPECT(kn_now_ms() - start < 100);
	fake::clear_rules();
	fake::set_reset_confirmed(true);
	fake::set_timeout(fake::long_ms);
	KT_EXPECT(support::reaches_state("live", 4000));
	KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(read_status(2), 0);
	support::close_members(2);
}

KT_CASE(fourth_reset_in_a_minute_is_delayed)
{
	KT_REQUIRE(prepare(1));
	for (u32 i = 0; i < 3; i++) {
		fake::need_reset();
		KT_REQUIRE(support::reaches_epoch(i + 2));
		KT_EXPECT_EQ(read_status(1), 0);
	}
	fake::need_reset();
	KT_EXPECT(support::reaches_state("stalled"));
	KT_EXPECT_EQ(read_status(1), no_device);
	KT_EXPECT_EQ(fake::device_resets(), 4u);
	KT_EXPECT(support::reaches_state("live", 3000));
	KT_EXPECT_EQ(fake::device_resets(), 5u);
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(features_that_change_under_a_reset)
{
	KT_REQUIRE(prepare(1));
	fake::pf().options.indirect = false;
	fake::need_reset();
	KT_EXPECT(support::reaches_state("stalled"));
	KT_EXPECT_EQ(read_status(1), no_device);
	fake::pf().options.indirect = true;
	KT_EXPECT(support::reaches_state("live", 3000));
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(a_ring_that_shrinks_under_a_reset)
{
	KT_REQUIRE(prepare(1));
	fake::pf().options.queue_size = 16;
	fake::need_reset();
	KT_EXPECT(support::reaches_state("stalled"));
	support::close_members(1);
}

KT_CASE(a_device_that_loses_features)
{
	KT_REQUIRE(prepare(1));
	fake::pf().options.admin_vq = false;
	fake::need_reset();
	KT_EXPECT(support::reaches_state("stalled"));
	support::close_members(1);
}

KT_CASE(unused_features_may_change)
{
	KT_REQUIRE(prepare(1));
	fake::pf().options.other_features = 0x20;
	fake::need_reset();
	KT_EXPECT(support::reaches_epoch(2));
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(an_old_answer_is_none_in_the_new_epoch)
{
	KT_REQUIRE(prepare(1));
	stand_still(1); // a command that does not come back
	KT_EXPECT_EQ(support::owner_view().stats.orphans, 0u);
	// All slots are there, and each answers its own caller.
	for (int i = 0; i < 200; i++)
		KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(cut_off_by_a_pci_error)
{
	KT_REQUIRE(prepare(2));
	fake::add_rule({.member = 1, .kind = fake::Kind::hold});
	Caller caller;
	caller.read(1);
	KT_REQUIRE(fake::wait_outstanding(1));
	virtio_owner_lose(fake::pf().owner);
	KT_EXPECT_EQ(caller.finish(), no_device);
	KT_EXPECT_EQ(read_status(2), no_device);
	KT_EXPECT(support::reaches_state("lost"));
	KT_EXPECT_EQ(virtio_owner_ring_doorbell(fake::member(1), 0), no_device);
	// The slot's reset revives it.
	fake::bus_reset();
	KT_EXPECT_EQ(virtio_owner_revive(fake::pf().owner), 0);
	KT_EXPECT(support::reaches_state("live"));
	KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(read_status(2), 0);
	support::close_members(2);
}

KT_CASE(cut_off_and_reset_by_hand)
{
	KT_REQUIRE(prepare(2));
	virtio_owner_lose(fake::pf().owner);
	fake::bus_reset();
	// The kernel saves the configuration here, and restores it after the reset.
	virtio_owner_freeze(fake::pf().owner);
	KT_EXPECT(!fake::pf().wiped);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT(support::reaches_state("live"));
	KT_EXPECT_EQ(read_status(1), 0);
	KT_EXPECT_EQ(read_status(2), 0);
	support::close_members(2);
}

KT_CASE(cut_off_and_bound_anew)
{
	for (const bool dead : {false, true}) {
		KT_REQUIRE(prepare(1));
		fake::add_rule({.kind = fake::Kind::hold});
		Caller caller;
		caller.read(1);
		KT_REQUIRE(fake::wait_outstanding(1));
		if (dead)
			virtio_owner_bury(fake::pf().owner);
		virtio_owner_lose(fake::pf().owner);
		fake::bus_reset();
		KT_EXPECT(caller.finish() < 0);
		support::close_members(1);
		fake::unbind();
		KT_EXPECT_EQ(fake::bind(), 0);
		KT_EXPECT_EQ(fake::make_vfs(1), 1);
		KT_REQUIRE(support::open_members(1));
		KT_EXPECT_EQ(read_status(1), 0);
		support::close_members(1);
	}
}

KT_CASE(cut_off_while_frozen)
{
	KT_REQUIRE(prepare(1));
	virtio_owner_freeze(fake::pf().owner);
	virtio_owner_lose(fake::pf().owner);
	fake::bus_reset();
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(cut_off_and_shut_down)
{
	KT_REQUIRE(prepare(1));
	virtio_owner_lose(fake::pf().owner);
	fake::bus_reset();
	const u64 start = kn_now_ms();
	virtio_owner_shutdown(fake::pf().owner);
	KT_EXPECT(kn_now_ms() - start < 1000);
	support::close_members(1);
}

KT_CASE(function_that_the_kernel_gave_up_works_after_a_reset_by_hand)
{
	KT_REQUIRE(prepare(1));
	virtio_owner_lose(fake::pf().owner);
	fake::bus_reset();
	virtio_owner_bury(fake::pf().owner);
	KT_EXPECT(support::reaches_state("dead"));
	KT_EXPECT_EQ(read_status(1), no_device);
	virtio_owner_freeze(fake::pf().owner);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT(support::reaches_state("live"));
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(buried_while_it_resets)
{
	KT_REQUIRE(prepare(1, {.ring_reset = false, .reset_delay_ms = 60}));
	fake::need_reset();
	support::sleep_ms(15);
	virtio_owner_bury(fake::pf().owner);
	support::sleep_ms(100);
	// The reset that was under way does not bring it back.
	KT_EXPECT(support::same_text(support::owner_view().state, "dead"));
	KT_EXPECT_EQ(read_status(1), no_device);
	support::close_members(1);
}

KT_CASE(cut_off_while_it_resets)
{
	KT_REQUIRE(prepare(1, {.ring_reset = false, .reset_delay_ms = 60}));
	fake::need_reset();
	support::sleep_ms(15);
	virtio_owner_lose(fake::pf().owner);
	fake::bus_reset();
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	// The reset that was under way did not keep the kernel waiting.
	KT_EXPECT(kn_now_ms() - start < 1000);
	KT_EXPECT(support::same_text(support::owner_view().state, "live"));
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(error_or_reset_by_the_kernel_ends_the_wait_of_a_reset)
{
	for (const bool error : {false, true}) {
		KT_REQUIRE(prepare(1, {.ring_reset = false}));
		fake::set_reset_confirmed(false);
		fake::need_reset();
		KT_REQUIRE(support::reaches_state("recovering"));
		support::sleep_ms(20);
		if (error)
			virtio_owner_lose(fake::pf().owner);
		Caller kernel;
		kernel.call(error ? thaw_owner : freeze_owner, nullptr);
		support::sleep_ms(50);
		// The kernel's operation is under way, because that of the owner has ended.
		KT_EXPECT(support::same_text(support::owner_view().state, "frozen"));
		fake::set_reset_confirmed(true);
		KT_EXPECT_EQ(kernel.finish(), 0);
		if (!error)
			KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
		KT_EXPECT(support::reaches_state("live"));
		KT_EXPECT_EQ(read_status(1), 0);
		support::close_members(1);
	}
}

KT_CASE(unreachable_before_the_kernel_says_so)
{
	KT_REQUIRE(prepare(1));
	fake::add_rule({.kind = fake::Kind::hold});
	Caller caller;
	caller.read(1);
	KT_REQUIRE(fake::wait_outstanding(1));
	fake::set_unreachable(true);
	KT_EXPECT(caller.finish() < 0);
	KT_EXPECT(support::reaches_state("lost"));
	KT_EXPECT(support::same_text(fake::last_message(),
				     "owner is lost: cut off until it answers or is reset"));
	fake::set_unreachable(false);
	virtio_owner_lose(fake::pf().owner);
	fake::bus_reset();
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(unreachable_with_nobody_waiting)
{
	KT_REQUIRE(prepare(1));
	fake::set_unreachable(true);
	fake::interrupt(1);
	KT_EXPECT(support::reaches_state("lost"));
	KT_EXPECT_EQ(read_status(1), no_device);
	fake::set_unreachable(false);
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(unreachable_before_the_commands_are_listed)
{
	KT_REQUIRE(fake::bring_up(1) && support::open_members(1));
	fake::add_rule({.opcode = WIRE_ADMIN_LIST_QUERY, .kind = fake::Kind::hold});
	Caller killed;
	killed.read(1);
	KT_REQUIRE(fake::wait_outstanding(1));
	killed.kill();
	KT_EXPECT_EQ(killed.finish(), interrupted);
	fake::set_unreachable(true);
	KT_EXPECT_EQ(read_status(1), no_device); // while it waits for that one to come back
	KT_EXPECT(support::reaches_state("lost"));
	support::close_members(1);
}

KT_CASE(function_that_answers_again_is_recovered_without_a_reset_of_it)
{
	for (const bool waits : {false, true}) {
		KT_REQUIRE(prepare(1));
		Caller caller;
		if (waits) {
			fake::add_rule({.kind = fake::Kind::hold});
			caller.read(1);
			KT_REQUIRE(fake::wait_outstanding(1));
		}
		fake::set_unreachable(true);
		if (!waits)
			fake::interrupt(1);
		KT_REQUIRE(support::reaches_state("lost"));
		if (waits)
			KT_EXPECT_EQ(caller.finish(), no_device);
		KT_EXPECT_EQ(read_status(1), no_device);
		fake::set_unreachable(false);
		KT_EXPECT(support::reaches_state("live", 3000));
		KT_EXPECT_EQ(read_status(1), 0);
		KT_EXPECT_EQ(fake::function_resets(), 0);
		support::close_members(1);
	}
}

KT_CASE(unreachable_while_it_resets)
{
	KT_REQUIRE(prepare(1, {.ring_reset = false, .reset_delay_ms = 60}));
	fake::need_reset();
	support::sleep_ms(15);
	fake::set_unreachable(true);
	KT_EXPECT(support::reaches_state("lost"));
	fake::set_unreachable(false);
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT_EQ(read_status(1), 0);
	support::close_members(1);
}

KT_CASE(unbound_while_it_resets)
{
	KT_REQUIRE(prepare(1, {.ring_reset = false, .reset_delay_ms = 60}));
	support::close_members(1);
	fake::need_reset();
	support::sleep_ms(15);
	fake::unbind();
	KT_EXPECT_EQ(fake::device_status(), 0);
}

KT_SUITE_END(owner_recovery);
