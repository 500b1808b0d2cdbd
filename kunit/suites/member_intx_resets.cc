// SPDX-License-Identifier: GPL-2.0-only
// Resets, low-power states and lost vectors while INTx is on.
#include "kernel/time.h"
#include "kunit/support/caller.hh"
#include "kunit/support/intx.hh"

KT_SUITE(member_intx_resets);

using base::u16;
using base::u32;
using base::u8;
using support::begin_driver;
using support::expect_interrupt;
using support::Guest;
using support::intx_off;
using support::intx_on;
using support::set_queue;
using support::start_intx;

namespace {

constexpr u16 none = WIRE_NO_VECTOR;

int fd;

/// The driver starts the device anew, and has its interrupts.
void expect_works(Guest &guest)
{
	begin_driver(guest);
	set_queue(guest, 0, 0x1000);
	guest.out(WIRE_LEGACY_STATUS, 1, 7);
	KT_EXPECT_EQ(guest.vf().config_vector, 0);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 1);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	KT_EXPECT(guest.vf().msix_enabled);
	expect_interrupt(guest, fd, 0);
}

void expect_late_message_is_dropped(Guest &guest)
{
	(void)fake::take_event(fd);
	for (const u32 vector : {0, 1})
		fake::late_message(guest.vf(), vector);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	KT_EXPECT(!(guest.config(WIRE_PCI_STATUS, 1) & WIRE_PCI_STATUS_INTERRUPT));
}

struct Address {
	Guest &guest;

	static int call(void *context)
	{
		const u8 page[] = {0, 0x10, 0, 0};

		(void)static_cast<Address *>(context)->guest.write_bar(WIRE_LEGACY_QUEUE_ADDRESS, page,
								       sizeof(page));
		return 0;
	}
};

// Of the hook.
Guest *resetting;

} // namespace

GUEST_CASE(message_after_a_confirmed_reset_asserts_nothing, start_intx(guest, fd))
{
	guest.out(WIRE_LEGACY_STATUS, 1, 0);
	expect_late_message_is_dropped(guest);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), 0);
	expect_works(guest);
}

GUEST_CASE(isr_that_the_guest_did_not_read_ends_with_its_reset, start_intx(guest, fd))
{
	fake::queue_event(guest.vf(), 0);
	guest.out(WIRE_LEGACY_STATUS, 1, 0);
	KT_EXPECT_EQ(support::unmask(guest), 0); // the end of interrupt
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	begin_driver(guest);
	set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), 0);
	expect_interrupt(guest, fd, 0);
}

GUEST_CASE(function_reset_keeps_the_vectors_and_unmaps_them, start_intx(guest, fd))
{
	fake::queue_event(guest.vf(), 0);
	guest.function_reset();
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	KT_EXPECT_EQ(support::unmask(guest), 0); // the end of interrupt
	expect_late_message_is_dropped(guest);
	expect_works(guest);
}

GUEST_CASE(reset_by_the_vmm_as_qemu_does_it_works, start_intx(guest, fd))
{
	for (unsigned i = 0; i < 3; i++) {
		KT_EXPECT_EQ(intx_off(guest), 0);
		guest.set_config(WIRE_PCI_COMMAND, 2, 0);
		guest.function_reset();
		KT_EXPECT_EQ(intx_on(guest, fd), 0);
		KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
		KT_EXPECT_EQ(fake::take_event(fd), 0);
		guest.set_config(WIRE_PCI_COMMAND, 2, 5);
		expect_works(guest);
		(void)fake::take_event(fd);
	}
}

GUEST_CASE(function_reset_during_arming_does_not_arm_the_line, start_intx(guest, fd))
{
	begin_driver(guest);
	KT_EXPECT_EQ(intx_off(guest), 0);
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	guest.out(WIRE_LEGACY_QUEUE_SELECT, 2, 0);
	resetting = &guest;
	guest.vf().on_command_lock = [](fake::Vf &) { resetting->function_reset(); };
	guest.out(WIRE_LEGACY_QUEUE_ADDRESS, 4, 0x1000);
	KT_EXPECT(guest.vf().on_command_lock == nullptr);
	expect_late_message_is_dropped(guest);
	expect_works(guest);
}

GUEST_CASE(function_reset_after_the_vectors_are_mapped_does_not_arm_the_line, start_intx(guest, fd))
{
	support::Caller caller;
	Address address{guest};

	begin_driver(guest);
	guest.out(WIRE_LEGACY_QUEUE_SELECT, 2, 0);
	(void)guest.in(WIRE_LEGACY_QUEUE_SIZE, 2);
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_READ, .kind = fake::Kind::late,
			.arg = 50});
	caller.call(Address::call, &address);
	KT_REQUIRE(fake::wait_outstanding(1));
	guest.function_reset();
	(void)caller.finish();
	expect_late_message_is_dropped(guest);
	expect_works(guest);
}

GUEST_CASE(low_power_state_that_keeps_the_queues_keeps_their_interrupts, start_intx(guest, fd))
{
	fake::set_d3(guest.vf(), true);
	guest.set_config(0x40, 1, 0); // any write: VFIO would enter D3hot by one
	fake::set_d3(guest.vf(), false);
	expect_interrupt(guest, fd, 0);
	// What VFIO takes away meanwhile comes back.
	KT_EXPECT_EQ(guest.set_irqs(4, support::trigger | support::by_eventfd, 1), 0);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 1);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), 3);
	KT_EXPECT_EQ(support::unmask(guest), 0);
	expect_interrupt(guest, fd, 1);
}

GUEST_CASE(low_power_state_that_resets_the_function_needs_a_new_start, start_intx(guest, fd))
{
	fake::set_d3(guest.vf(), true);
	guest.set_config(0x40, 1, 0);
	fake::set_d3(guest.vf(), false);
	fake::function_reset(guest.vf());
	expect_works(guest);
}

GUEST_CASE(vectors_that_lapse_in_a_low_power_state_come_back_after_it, start_intx(guest, fd))
{
	fake::set_d3(guest.vf(), true);
	guest.set_config(0x40, 1, 0);
	KT_EXPECT_EQ(guest.set_irqs(4, support::trigger | support::by_eventfd, 1), 0);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	fake::set_d3(guest.vf(), false);
	guest.set_config(0x40, 1, 0); // the way back
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), 3);
	KT_EXPECT_EQ(support::unmask(guest), 0);
	expect_interrupt(guest, fd, 1);
}

GUEST_CASE(pf_reset_that_drops_msix_is_repaired_at_the_next_address, start_intx(guest, fd))
{
	fake::drop_msix_enable(guest.vf());
	guest.vf().queue_vector[0] = guest.vf().queue_vector[1] = guest.vf().config_vector = none;
	expect_works(guest);
	KT_EXPECT_EQ(guest.view().intx_failures, 0);
}

GUEST_CASE(reset_that_is_not_confirmed_leaves_the_line_low_until_it_is_mended, start_intx(guest, fd))
{
	support::reset_in_vain(guest);
	expect_late_message_is_dropped(guest);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), 0xff);
	guest.vf().status_reads_until_reset = 0;
	guest.function_reset();
	guest.set_config(WIRE_PCI_COMMAND, 2, 5);
	expect_works(guest);
}

GUEST_CASE(function_reset_ends_that_the_guest_was_given_up, guest.start())
{
	fd = fake::make_event();
	guest.vf().host_vectors = 0;
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	begin_driver(guest);
	set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(guest.view().intx_failures, 1);
	guest.vf().host_vectors = 2;
	guest.function_reset();
	guest.out(WIRE_LEGACY_STATUS, 1, 3); // without a reset of its own
	set_queue(guest, 0, 0x1000);
	expect_interrupt(guest, fd, 0);
}

KT_SUITE_END(member_intx_resets);
