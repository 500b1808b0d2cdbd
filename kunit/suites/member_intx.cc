// SPDX-License-Identifier: GPL-2.0-only
// A guest without MSI-X gets its interrupts by vectors of the driver's.
#include "kunit/support/intx.hh"

KT_SUITE(member_intx);

using base::u16;
using base::u32;
using support::begin_driver;
using support::Guest;
using support::intx_off;
using support::intx_on;
using support::set_queue;
using support::start_intx;
using support::unmask;

namespace {

int fd;

} // namespace

GUEST_CASE(pin_is_1_and_one_interrupt_is_offered, guest.start())
{
	kn_vfio_irq_info info = {.argsz = sizeof(info), .flags = 0, .index = KN_VFIO_IRQ_INTX, .count = 0};

	KT_EXPECT_EQ(guest.config(WIRE_PCI_INTERRUPT_PIN, 1), 1);
	KT_EXPECT_EQ(guest.ioctl(KN_VFIO_DEVICE_GET_IRQ_INFO, &info), 0);
	KT_EXPECT_EQ(info.count, 1);
	KT_EXPECT_EQ(info.flags, KN_VFIO_IRQ_INFO_EVENTFD | KN_VFIO_IRQ_INFO_MASKABLE |
					 KN_VFIO_IRQ_INFO_AUTOMASKED);
}

GUEST_CASE(vectors_are_allocated_at_the_first_queue_address, guest.start())
{
	fd = fake::make_event();
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	begin_driver(guest);
	guest.out(WIRE_LEGACY_DRIVER_FEATURES, 4, 0);
	guest.out(WIRE_LEGACY_QUEUE_SELECT, 2, 0);
	guest.out(WIRE_LEGACY_QUEUE_ADDRESS, 4, 0);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	KT_EXPECT_EQ(guest.vf().config_vector, 0);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 1);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], WIRE_NO_VECTOR);
}

GUEST_CASE(queue_event_is_a_signal_and_isr_1, start_intx(guest, fd))
{
	const u32 commands = fake::seen();

	fake::queue_event(guest.vf(), 1);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), WIRE_ISR_QUEUE);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), 0);
	KT_EXPECT_EQ(unmask(guest), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	fake::config_event(guest.vf());
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 4), WIRE_ISR_QUEUE | WIRE_ISR_CONFIG);
	KT_EXPECT_EQ(fake::seen(), commands);
}

GUEST_CASE(second_queue_costs_no_vector_of_the_host, start_intx(guest, fd))
{
	const u32 commands = fake::seen();

	set_queue(guest, 2, 0x3000);
	// Selection with size, address, vector with its read-back.
	KT_EXPECT_EQ(fake::seen() - commands, 5);
	KT_EXPECT_EQ(guest.vf().queue_vector[2], 1);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
}

GUEST_CASE(confirmed_reset_disarms_the_line_and_keeps_the_vectors, start_intx(guest, fd))
{
	guest.out(WIRE_LEGACY_STATUS, 1, 0);
	fake::late_message(guest.vf(), 1);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 1);
	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
}

GUEST_CASE(switching_off_frees_the_vectors, start_intx(guest, fd))
{
	KT_EXPECT_EQ(intx_off(guest), 0);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	KT_EXPECT_EQ(fake::event_users(fd), 0);
	KT_EXPECT_EQ(intx_off(guest), base::to_errno(base::Error::invalid));
}

GUEST_CASE(switching_on_again_over_live_queues_maps_them, start_intx(guest, fd))
{
	KT_EXPECT_EQ(intx_off(guest), 0);
	guest.vf().queue_vector[0] = guest.vf().queue_vector[1] = WIRE_NO_VECTOR;
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	// What the guest missed meanwhile is not known.
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), WIRE_ISR_QUEUE | WIRE_ISR_CONFIG);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 1);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], 1);
}

GUEST_CASE(guest_that_enables_msix_over_live_queues_finds_nothing_mapped, start_intx(guest, fd))
{
	KT_EXPECT_EQ(intx_off(guest), 0);
	guest.set_msix(true);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_CONFIG_VECTOR, 2), WIRE_NO_VECTOR);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_QUEUE_VECTOR, 2), WIRE_NO_VECTOR);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], WIRE_NO_VECTOR);
}

GUEST_CASE(host_without_vectors_leaves_the_guest_polling, guest.start())
{
	fd = fake::make_event();
	guest.vf().host_vectors = 0;
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	begin_driver(guest);
	set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(guest.vf().queue_address[0], 0x1000);
	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), WIRE_ISR_QUEUE);
	KT_EXPECT_EQ(guest.view().intx_failures, 1);
}

GUEST_CASE(device_that_refuses_vectors_leaves_none_allocated, guest.start())
{
	fd = fake::make_event();
	guest.vf().refuses_vectors = true;
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	begin_driver(guest);
	set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	KT_EXPECT_EQ(guest.vf().queue_address[0], 0x1000);
}

GUEST_CASE(guest_with_msix_that_disables_it_after_a_reset_causes_no_command, guest.start())
{
	fd = fake::make_event();
	guest.set_msix(true);
	begin_driver(guest);
	set_queue(guest, 0, 0x1000);
	guest.out(WIRE_LEGACY_STATUS, 1, 0);
	const u32 commands = fake::seen();
	guest.set_msix(false);
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	KT_EXPECT_EQ(fake::seen(), commands);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
}

GUEST_CASE(guest_with_msix_that_takes_its_queues_away_causes_no_vector, guest.start())
{
	fd = fake::make_event();
	guest.set_msix(true);
	begin_driver(guest);
	set_queue(guest, 0, 0x1000);
	set_queue(guest, 0, 0);
	guest.set_msix(false);
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
}

KT_SUITE_END(member_intx);
