// SPDX-License-Identifier: GPL-2.0-only
// Where device configuration starts follows the guest's MSI-X enable bit, also
// while VFIO and the device are of another mind for a moment.
#include "kernel/time.h"
#include "kunit/support/caller.hh"
#include "kunit/support/guest.hh"

KT_SUITE(member_msix);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using support::Guest;

namespace {

constexpr u32 rearm_us = 20000;

u32 queries; ///< of VFIO's state

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

	guest.set_irqs(true);
	KT_EXPECT_EQ(guest.in(20, 2), 1);
}

GUEST_CASE(vector_read_waits_for_vfio_that_rearms_while_it_is_refused, guest.start())
{
	guest.set_msix(true);
	support::paint_registers(guest.vf(), 28);
	guest.vf().msix_enabled = false; // VFIO disables MSI-X, and its state follows
	queries = 0;
	guest.vf().on_msix_query = [](fake::Vf &vf) {
		queries++;
		if (queries == 2)
			fake::set_msix(vf, false);
		if (queries == 5)
			fake::set_msix(vf, true);
	};
	KT_EXPECT_EQ(guest.in(20, 2), 1);
}

GUEST_CASE(vector_read_that_is_killed_does_not_wait_for_vfio, guest.start())
{
	support::Caller caller;

	guest.set_msix(true);
	guest.set_irqs(false);
	caller.call(
		[](void *context) {
			u16 vector;
			return static_cast<int>(
				static_cast<Guest *>(context)->read_bar(20, &vector, 2));
		},
		&guest);
	KT_EXPECT(support::eventually([&] { return caller.started(); }));
	support::sleep_ms(5); // of the 200 that VFIO has
	caller.kill();
	KT_EXPECT_EQ(caller.finish(), base::to_errno(base::Error::interrupted));
}

GUEST_CASE(vector_poll_while_vfio_has_msix_off_causes_no_command, guest.start())
{
	guest.set_msix(true);
	support::paint_registers(guest.vf(), 28);
	guest.set_irqs(false);
	fake::forget_commands();
	const u64 start = kn_now_ms();
	for (u32 i = 0; i < 100; i++) {
		KT_EXPECT_EQ(guest.in(20, 2), 0xffff);
		guest.out(20, 2, i);
	}
	KT_EXPECT(support::since(start) < fake::long_ms - 500); // waits once
	KT_EXPECT_EQ(fake::seen(), 0);
	guest.set_irqs(true);
	guest.out(20, 2, 3);
	KT_EXPECT_EQ(guest.vf().config_vector, 3);
}

GUEST_CASE(vector_poll_of_a_device_without_vectors_ends_in_commands, guest.start())
{
	guest.set_msix(true);
	guest.vf().msix_enabled = false; // VFIO still reports it as enabled
	for (const bool write : {false, true}) {
		guest.set_irqs(false);
		fake::set_vfio_msix(guest.vf(), true);
		KT_EXPECT_EQ(guest.ioctl(0), 0);
		fake::forget_commands();
		const u64 start = kn_now_ms();
		for (u32 i = 0; i < 100; i++) {
			if (write)
				guest.out(20, 2, i);
			else
				KT_EXPECT_EQ(guest.in(20, 2), 0xffff);
		}
		KT_EXPECT(support::since(start) < fake::long_ms - 500);
		// Each is tried twice. A write that is refused is followed by a read, and each write
		// has its read-back in flight.
		KT_EXPECT_EQ(fake::seen(), write ? 6 : 2);
	}
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
