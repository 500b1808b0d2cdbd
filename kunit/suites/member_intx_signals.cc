// SPDX-License-Identifier: GPL-2.0-only
// The interrupt line as VMM and guest see it: eventfds, masks, Interrupt Disable, ISR Status.
#include "kunit/support/caller.hh"
#include "kunit/support/intx.hh"

KT_SUITE(member_intx_signals);

using base::u32;
using support::Guest;
using support::intx_off;
using support::intx_on;
using support::set_intx;
using support::start_intx;
using support::unmask;

namespace {

constexpr u32 both = WIRE_ISR_QUEUE | WIRE_ISR_CONFIG;

int fd;

long unmask_by(Guest &guest, int resample)
{
	return set_intx(guest, KN_VFIO_IRQ_UNMASK | support::by_eventfd, 1, resample);
}

long mask(Guest &guest)
{
	return set_intx(guest, KN_VFIO_IRQ_MASK | support::no_data);
}

void disable(Guest &guest, bool disabled)
{
	guest.set_config(WIRE_PCI_COMMAND, 2, disabled ? 0x0405 : 0x0005);
}

u32 isr(Guest &guest)
{
	return guest.in(WIRE_LEGACY_ISR, 1);
}

} // namespace

GUEST_CASE(many_events_before_the_end_of_interrupt_are_one_signal, start_intx(guest, fd))
{
	for (unsigned i = 0; i < 100; i++)
		fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(guest.view().intx_interrupts, 100);
	KT_EXPECT_EQ(guest.view().intx_signals, 1);
}

GUEST_CASE(unmask_with_isr_unread_signals_and_with_isr_read_does_not, start_intx(guest, fd))
{
	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(unmask(guest), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(isr(guest), WIRE_ISR_QUEUE);
	for (unsigned i = 0; i < 10000; i++)
		KT_EXPECT_EQ(unmask(guest), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
}

GUEST_CASE(event_between_isr_read_and_unmask_signals_at_unmask, start_intx(guest, fd))
{
	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(isr(guest), WIRE_ISR_QUEUE);
	fake::queue_event(guest.vf(), 1);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(unmask(guest), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(isr(guest), WIRE_ISR_QUEUE);
}

GUEST_CASE(masked_line_signals_at_unmask, start_intx(guest, fd))
{
	KT_EXPECT_EQ(mask(guest), 0);
	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	KT_EXPECT_EQ(unmask(guest), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
}

GUEST_CASE(disabled_line_signals_when_it_is_enabled, start_intx(guest, fd))
{
	disable(guest, true);
	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	KT_EXPECT_EQ(guest.config(WIRE_PCI_STATUS, 1) & WIRE_PCI_STATUS_INTERRUPT,
		     WIRE_PCI_STATUS_INTERRUPT);
	disable(guest, true);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	disable(guest, false);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(isr(guest), WIRE_ISR_QUEUE);
}

GUEST_CASE(end_of_interrupt_while_disabled_unmasks, start_intx(guest, fd))
{
	fake::queue_event(guest.vf(), 0);
	disable(guest, true);
	KT_EXPECT_EQ(unmask(guest), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	disable(guest, false);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
}

GUEST_CASE(resample_eventfd_unmasks_and_its_thread_signals, start_intx(guest, fd))
{
	const int resample = fake::make_event();

	KT_EXPECT_EQ(unmask_by(guest, resample), 0);
	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	fake::signal_event(resample);
	fake::settle();
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(isr(guest), WIRE_ISR_QUEUE);
	fake::signal_event(resample);
	fake::settle();
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
}

GUEST_CASE(resample_eventfd_that_is_signalled_already_unmasks_at_once, start_intx(guest, fd))
{
	const int resample = fake::make_event();

	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	fake::signal_event(resample);
	KT_EXPECT_EQ(unmask_by(guest, resample), 0);
	fake::settle();
	KT_EXPECT_EQ(fake::take_event(fd), 1);
}

GUEST_CASE(one_eventfd_for_trigger_and_resample_ends_with_the_isr_read, start_intx(guest, fd))
{
	KT_EXPECT_EQ(unmask_by(guest, fd), 0);
	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(isr(guest), WIRE_ISR_QUEUE); // until then the line signals and unmasks itself
	KT_EXPECT(fake::eventually([] {
		(void)fake::take_event(fd);
		fake::settle();
		return fake::take_event(fd) == 0;
	}));
	KT_EXPECT_EQ(intx_off(guest), 0);
	KT_EXPECT_EQ(fake::event_users(fd), 0);
}

GUEST_CASE(closed_eventfds_leave_nothing_and_off_works, start_intx(guest, fd))
{
	const int resample = fake::make_event();

	KT_EXPECT_EQ(unmask_by(guest, resample), 0);
	fake::close_event(resample);
	fake::close_event(fd);
	fake::queue_event(guest.vf(), 0); // to an eventfd that nobody reads
	KT_EXPECT_EQ(unmask_by(guest, -1), 0);
	KT_EXPECT_EQ(intx_off(guest), 0);
	KT_EXPECT_EQ(fake::event_users(fd), 0);
	KT_EXPECT_EQ(fake::event_users(resample), 0);
}

GUEST_CASE(new_resample_eventfd_after_the_user_closed_the_first_works, start_intx(guest, fd))
{
	const int resample = fake::make_event();

	KT_EXPECT_EQ(unmask_by(guest, resample), 0);
	fake::close_event(resample);
	const int other = fake::make_event();
	KT_EXPECT_EQ(unmask_by(guest, other), 0);
	fake::queue_event(guest.vf(), 0);
	fake::signal_event(other);
	fake::settle();
	KT_EXPECT_EQ(fake::take_event(fd), 2);
}

GUEST_CASE(event_without_a_trigger_signals_the_next_trigger, start_intx(guest, fd))
{
	KT_EXPECT_EQ(intx_on(guest, -1), 0);
	KT_EXPECT_EQ(fake::event_users(fd), 0);
	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	const int other = fake::make_event();
	KT_EXPECT_EQ(intx_on(guest, other), 0);
	KT_EXPECT_EQ(fake::take_event(other), 1);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
}

GUEST_CASE(signal_owed_without_a_trigger_goes_to_the_next_trigger_once, start_intx(guest, fd))
{
	const int resample = fake::make_event(), other = fake::make_event();

	KT_EXPECT_EQ(unmask_by(guest, resample), 0);
	fake::queue_event(guest.vf(), 0);
	(void)fake::take_event(fd);
	support::owe_a_signal(guest, resample);
	const u32 sent = fake::take_event(fd); // by a thread that was quicker
	KT_EXPECT_EQ(intx_on(guest, other), 0);
	KT_EXPECT_EQ(sent + fake::take_event(other), 1);
	KT_EXPECT_EQ(isr(guest), WIRE_ISR_QUEUE);
	KT_EXPECT_EQ(unmask(guest), 0);
	fake::settle();
	KT_EXPECT_EQ(fake::take_event(other), 0);
}

GUEST_CASE(single_vector_sets_both_bits, guest.start())
{
	fd = fake::make_event();
	guest.vf().host_vectors = 1;
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	support::begin_driver(guest);
	support::set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 1);
	KT_EXPECT_EQ(guest.vf().config_vector, 0);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 0);
	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(isr(guest), both);
	fake::config_event(guest.vf());
	KT_EXPECT_EQ(isr(guest), both);
}

GUEST_CASE(queue_event_behind_a_configuration_change_keeps_its_bit, start_intx(guest, fd))
{
	fake::config_event(guest.vf());
	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(isr(guest), both);
}

GUEST_CASE(configuration_change_is_seen_behind_the_isr_read, start_intx(guest, fd))
{
	const u32 first = guest.in(WIRE_LEGACY_COMMON_SIZE, 1);

	guest.vf().device_config[1] ^= 0xff;
	fake::config_event(guest.vf());
	KT_EXPECT_EQ(isr(guest), both);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_COMMON_SIZE + 1, 1), guest.vf().device_config[1]);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_COMMON_SIZE, 1), first);
}

GUEST_CASE(isr_read_of_any_width_needs_no_command, start_intx(guest, fd))
{
	const u32 commands = fake::seen();

	for (const base::u8 width : {1, 2, 4}) {
		fake::queue_event(guest.vf(), 0);
		KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, width) & 0xff, WIRE_ISR_QUEUE);
		KT_EXPECT_EQ(isr(guest), 0);
	}
	KT_EXPECT_EQ(fake::seen(), commands);
}

GUEST_CASE(isr_read_without_io_decoding_reads_ones_and_clears_nothing, start_intx(guest, fd))
{
	fake::queue_event(guest.vf(), 0);
	guest.set_config(WIRE_PCI_COMMAND, 2, 0x0004);
	KT_EXPECT_EQ(isr(guest), 0xff);
	guest.set_config(WIRE_PCI_COMMAND, 2, 0x0005);
	KT_EXPECT_EQ(isr(guest), WIRE_ISR_QUEUE);
}

KT_SUITE_END(member_intx_signals);
