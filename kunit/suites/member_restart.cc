// SPDX-License-Identifier: GPL-2.0-only
// A device that loses a VF's state while the guest's driver uses it: the VF says so, once.
#include "kunit/support/caller.hh"
#include "kunit/support/guest.hh"

KT_SUITE(member_restart);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using support::Guest;

namespace {

constexpr u16 features = 0, status = 18, config_vector = 20;
constexpr u8 active = WIRE_STATUS_ACKNOWLEDGE | WIRE_STATUS_DRIVER | WIRE_STATUS_DRIVER_OK;
constexpr u16 read_common = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr u32 patience_ms = 400;

/// A guest whose driver works.
bool start_driver(Guest &guest)
{
	if (!guest.start())
		return false;
	guest.out(status, 1, 0);
	guest.out(status, 1, active);
	return KT_EXPECT_EQ(guest.vf().status, active);
}

bool needs_restart(const Guest &guest)
{
	return guest.view().needs_restart;
}

/// @wanted uevents so far, and not one more.
void expect_lost(const Guest &guest, u32 wanted = 1)
{
	KT_EXPECT(support::eventually([&] { return guest.vf().uevents == wanted; }));
	fake::settle();
	KT_EXPECT_EQ(guest.vf().uevents, wanted);
	KT_EXPECT(needs_restart(guest));
}

void expect_kept(const Guest &guest)
{
	support::sleep_ms(50);
	KT_EXPECT_EQ(guest.vf().uevents, 0);
	KT_EXPECT(!needs_restart(guest));
}

/// The guest's driver works again at its first new start.
void expect_restart(Guest &guest)
{
	guest.out(status, 1, 0);
	KT_EXPECT(!needs_restart(guest));
	guest.out(status, 1, active);
	KT_EXPECT_EQ(guest.in(status, 1), active);
	support::sleep_ms(50);
	KT_EXPECT(!needs_restart(guest));
}

/// The device completes nothing until the owner is stalled. Then it completes all, with the registers
/// of the VF of @guest as they were, or @lost.
bool stall(Guest &guest, bool lost)
{
	fake::add_rule({.kind = fake::Kind::hold, .count = fake::forever});
	fake::set_timeout(patience_ms);
	(void)guest.in(features, 4);
	if (!KT_EXPECT(support::reaches_state("stalled", 3000)))
		return false;
	if (lost)
		fake::function_reset(guest.vf());
	fake::set_timeout(fake::long_ms);
	fake::clear_rules();
	fake::answer_all();
	return KT_EXPECT(support::reaches_state("live", 5000));
}

void reset_pf()
{
	virtio_owner_freeze(fake::pf().owner);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
}

constinit Guest *resetting = nullptr;

long reset_by_vmm(fake::Vf &, u32)
{
	resetting->function_reset();
	return 0;
}

} // namespace

GUEST_CASE(state_lost_in_a_stall_is_said_without_an_access, start_driver(guest))
{
	KT_REQUIRE(stall(guest, true));
	expect_lost(guest);
	expect_restart(guest);
}

GUEST_CASE(state_kept_in_a_stall_is_not_said, start_driver(guest))
{
	KT_REQUIRE(stall(guest, false));
	expect_kept(guest);
	KT_EXPECT_EQ(guest.in(status, 1), active);
}

GUEST_CASE(state_lost_in_a_reset_of_the_pf_is_said, start_driver(guest))
{
	reset_pf();
	expect_lost(guest);
	expect_restart(guest);
}

GUEST_CASE(state_lost_in_a_reset_by_the_owner_is_said, start_driver(guest))
{
	fake::function_reset(guest.vf());
	fake::need_reset();
	KT_EXPECT(support::reaches_epoch(2));
	expect_lost(guest);
	expect_restart(guest);
}

GUEST_CASE(lost_state_is_forgotten_with_the_guest, start_driver(guest))
{
	reset_pf();
	expect_lost(guest);
	guest.close();
	KT_EXPECT(!needs_restart(guest));
	KT_REQUIRE(guest.start());
	KT_EXPECT(!needs_restart(guest));
}

GUEST_CASE(state_lost_twice_before_a_new_start_is_said_once, start_driver(guest))
{
	reset_pf();
	expect_lost(guest);
	reset_pf();
	expect_lost(guest);
	expect_restart(guest);
	reset_pf();
	expect_lost(guest, 2);
}

// A guest that resets its device beside this interface can lose the state at will.
GUEST_CASE(state_lost_again_and_again_has_limited_uevents, start_driver(guest))
{
	constexpr u32 times = 50, limit = 10, window_ms = 5000;
	const u64 start = kn_now_ms();
	const u32 before = fake::warnings();

	for (u32 i = 0; i < times; i++) {
		guest.function_reset();
		KT_EXPECT(support::eventually([&] { return needs_restart(guest); }));
		fake::settle();
		guest.out(status, 1, 0);
		guest.out(status, 1, active);
	}
	const u64 windows = support::since(start) / window_ms + 1;
	KT_EXPECT(guest.vf().uevents >= limit);
	KT_EXPECT(guest.vf().uevents <= limit * windows);
	KT_EXPECT(fake::warnings() - before <= limit * windows);
	KT_EXPECT(times > limit * windows);
}

GUEST_CASE(vectors_of_a_lost_state_are_not_restored, start_driver(guest))
{
	guest.set_msix(true);
	guest.out(config_vector, 2, 1);
	KT_REQUIRE(stall(guest, true));
	expect_lost(guest);
	guest.set_irqs(false); // VFIO changes vectors
	guest.set_irqs(true);
	KT_EXPECT_EQ(guest.vf().config_vector, WIRE_NO_VECTOR);
}

GUEST_CASE(vf_without_a_driver_is_not_asked, guest.start())
{
	guest.out(status, 1, 0);
	fake::forget_commands();
	reset_pf();
	expect_kept(guest);
	KT_EXPECT_EQ(fake::seen(read_common, 1), 0);
}

GUEST_CASE(function_reset_that_the_vmm_did_not_ask_for_is_said, start_driver(guest))
{
	guest.function_reset();
	expect_lost(guest);
	expect_restart(guest);
}

GUEST_CASE(function_reset_by_the_vmm_is_not_said, start_driver(guest))
{
	for (const u32 cmd : {KN_VFIO_DEVICE_RESET, KN_VFIO_DEVICE_PCI_HOT_RESET}) {
		resetting = &guest;
		guest.vf().on_ioctl = reset_by_vmm;
		KT_EXPECT_EQ(guest.ioctl(cmd), 0);
		guest.vf().on_ioctl = nullptr;
		expect_kept(guest);
		guest.out(status, 1, active);
	}
}

GUEST_CASE(question_without_an_answer_is_asked_once_commands_succeed, start_driver(guest))
{
	fake::add_rule({.opcode = read_common, .member = 1, .kind = fake::Kind::hold});
	fake::set_timeout(patience_ms);
	guest.function_reset();
	KT_EXPECT(fake::wait_outstanding(1));
	support::sleep_ms(2 * patience_ms);
	KT_EXPECT(!needs_restart(guest));
	fake::set_timeout(fake::long_ms);
	fake::answer_all();
	fake::settle();
	(void)guest.in(features, 4);
	KT_EXPECT(support::eventually([&] {
		(void)guest.in(features, 4);
		return needs_restart(guest);
	}));
	expect_lost(guest);
}

GUEST_CASE(vf_that_does_not_resume_is_asked_once_commands_succeed, start_driver(guest))
{
	fake::function_reset(guest.vf());
	fake::fail_next(fake::Call::pm_get);
	reset_pf();
	fake::settle();
	KT_EXPECT(!needs_restart(guest));
	(void)guest.in(features, 4);
	expect_lost(guest);
}

KT_CASE(reset_of_the_pf_asks_each_vf_once)
{
	KT_REQUIRE(support::bring_up({}, 4));
	Guest guests[] = {Guest{1}, Guest{2}, Guest{3}, Guest{4}};

	for (Guest &guest : guests)
		KT_REQUIRE(start_driver(guest));
	fake::forget_commands();
	reset_pf();
	for (const Guest &guest : guests)
		expect_lost(guest);
	for (u32 id = 1; id <= 4; id++)
		KT_EXPECT_EQ(fake::seen(read_common, id), 1);
}

KT_CASE(queue_reset_behind_a_member_asks_no_other_member)
{
	KT_REQUIRE(support::bring_up({}, 2));
	Guest mute, neighbor{2};
	KT_REQUIRE(start_driver(mute) && start_driver(neighbor));
	fake::add_rule({.kind = fake::Kind::hold, .count = 2}); // its command, and the probe
	fake::set_timeout(patience_ms);
	fake::forget_commands();
	(void)mute.in(features, 4);
	fake::clear_rules();
	KT_EXPECT(support::reaches_state("live", 3000));
	KT_EXPECT(support::owner_view().stats.epoch > 1);
	support::sleep_ms(50);
	KT_EXPECT_EQ(fake::seen(read_common, 2), 0);
	fake::set_timeout(fake::long_ms);
}

KT_CASE(state_lost_behind_the_kernels_client_is_said_after_a_failure)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_driver(guest));
	fake::add_rule({.opcode = read_common, .kind = fake::Kind::hold});
	{
		const support::Hurry hurry;
		(void)guest.in(features, 4);
	}
	fake::function_reset(guest.vf());
	fake::release_client();
	KT_EXPECT(fake::wait_in_client(0));
	KT_EXPECT(support::eventually([&] {
		(void)guest.in(features, 4);
		return needs_restart(guest);
	}));
	expect_lost(guest);
	expect_restart(guest);
}

GUEST_CASE(vf_that_is_closed_while_it_is_asked_is_not_touched, start_driver(guest))
{
	fake::add_rule({.opcode = read_common, .member = 1, .kind = fake::Kind::hold});
	fake::set_timeout(patience_ms);
	guest.function_reset();
	KT_EXPECT(fake::wait_outstanding(1));
	guest.close();
	fake::answer_all();
	fake::set_timeout(fake::long_ms);
	KT_EXPECT_EQ(guest.vf().uevents, 0);
	KT_EXPECT(!needs_restart(guest));
}

KT_SUITE_END(member_restart);
