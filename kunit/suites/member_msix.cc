// SPDX-License-Identifier: GPL-2.0-only
// Where device configuration starts follows the guest's MSI-X enable bit, also
// while VFIO and the device are of another mind for a moment.
#include "kernel/time.h"
#include "kunit/support/guest.hh"

KT_SUITE(member_msix);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using support::Guest;

namespace {

constexpr u32 rearm_us = 20000;

/// VFIO re-arming MSI-X, seen from the device: off, and on again soon.
void rearm(void *context)
{
	kn_sleep_us(rearm_us);
	fake::set_msix(*static_cast<fake::Vf *>(context), true);
}

} // namespace

GUEST_CASE(the_layout_follows_the_guests_bit, guest.start())
{
	support::paint_registers(guest.vf(), 28);

	KT_EXPECT_EQ(guest.in(20, 2), 0x4140);
	guest.set_msix(true);
	KT_EXPECT_EQ(guest.in(20, 2), 1);
	KT_EXPECT_EQ(guest.in(22, 2), 2);
	KT_EXPECT_EQ(guest.in(24, 2), 0x4140);
	guest.set_msix(false);
	KT_EXPECT_EQ(guest.in(20, 2), 0x4140);
}

GUEST_CASE(vectors_are_written_and_read_back, guest.start())
{
	guest.set_msix(true);

	KT_EXPECT_EQ(guest.in(20, 2), 0xffff);
	guest.out(20, 2, 3);
	guest.out(14, 2, 1);
	guest.out(22, 2, 2);
	KT_EXPECT_EQ(guest.in(20, 4), 3);
	KT_EXPECT_EQ(guest.in(22, 2), 2);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], 2);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 0xffff);
}

GUEST_CASE(unknown_is_what_vfio_says, guest.start())
{
	support::paint_registers(guest.vf(), 28);

	// A VMM that keeps writes of the capability to itself.
	fake::set_msix(guest.vf(), true);
	KT_EXPECT_EQ(guest.in(20, 2), 1);
	KT_EXPECT_EQ(guest.in(24, 2), 0x4140);
	fake::set_msix(guest.vf(), false);
	KT_EXPECT_EQ(guest.in(20, 2), 0x4140);
}

GUEST_CASE(the_guests_bit_counts_while_vfio_rearms, guest.start())
{
	guest.set_msix(true);
	support::paint_registers(guest.vf(), 28);

	fake::set_msix(guest.vf(), false); // the device's and VFIO's, not the guest's
	KT_EXPECT_EQ(guest.in(24, 2), 0x4140);
	guest.out(24, 1, 0x99);
	KT_EXPECT_EQ(guest.vf().device_config[0], 0x99);
}

GUEST_CASE(vectors_wait_for_vfio, guest.start())
{
	guest.set_msix(true);
	support::paint_registers(guest.vf(), 28);

	fake::set_msix(guest.vf(), false);
	kt_thread *thread = kt_thread_start(rearm, &guest.vf());
	KT_EXPECT_EQ(guest.in(20, 2), 1);
	kt_thread_join(thread);

	fake::set_msix(guest.vf(), false);
	thread = kt_thread_start(rearm, &guest.vf());
	guest.out(22, 2, 5);
	kt_thread_join(thread);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], 5);
}

GUEST_CASE(vectors_do_not_wait_for_ever, guest.start())
{
	guest.set_msix(true);
	support::paint_registers(guest.vf(), 28);

	fake::set_msix(guest.vf(), false);
	const u64 start = kn_now_ms();
	KT_EXPECT_EQ(guest.in(20, 2), 0xffff); // the value for no vector
	KT_EXPECT(support::since(start) < fake::long_ms - 500);

	fake::set_msix(guest.vf(), true);
	KT_EXPECT_EQ(guest.in(20, 2), 1);
}

GUEST_CASE(a_refusal_of_something_else_is_final, guest.start())
{
	support::paint_registers(guest.vf(), 28);

	fake::forget_commands();
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::status,
			.arg = 22});
	KT_EXPECT_EQ(guest.in(0, 4), 0xffffffff);
	KT_EXPECT_EQ(fake::seen(), 1);
	KT_EXPECT_EQ(guest.in(0, 4), 0x13121110);
}

GUEST_CASE(a_function_reset_forgets_the_bit, guest.start())
{
	guest.set_msix(true);
	guest.function_reset();
	fake::set_msix(guest.vf(), false);
	guest.set_config(WIRE_PCI_COMMAND, 2, 5);
	support::paint_registers(guest.vf(), 28);

	KT_EXPECT_EQ(guest.in(20, 2), 0x4140);
}

KT_SUITE_END(member_msix);
