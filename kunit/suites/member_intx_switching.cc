// SPDX-License-Identifier: GPL-2.0-only
// INTx and MSI-X in turn, over queues that live, and requests of VFIO while the driver has vectors.
#include "kunit/support/intx.hh"

KT_SUITE(member_intx_switching);

using base::Error;
using base::to_errno;
using base::u16;
using base::u32;
using support::begin_driver;
using support::expect_interrupt;
using support::Guest;
using support::intx_off;
using support::intx_on;
using support::set_queue;
using support::start_intx;

namespace {

constexpr u16 none = WIRE_NO_VECTOR;
constexpr u32 error_index = 3, request_index = 4; // of VFIO
constexpr u32 both = WIRE_ISR_QUEUE | WIRE_ISR_CONFIG;

int fd;

bool start_on(Guest &guest)
{
	fd = fake::make_event();
	return guest.start() && KT_EXPECT_EQ(intx_on(guest, fd), 0);
}

void run_driver(Guest &guest)
{
	begin_driver(guest);
	set_queue(guest, 0, 0x1000);
	set_queue(guest, 1, 0x2000);
	guest.out(WIRE_LEGACY_STATUS, 1, 7);
}

/// What the guest may have missed, it is told once.
void expect_told(Guest &guest)
{
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), both);
	KT_EXPECT_EQ(support::unmask(guest), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
}

/// The device loses its vector registers with MSI-X.
void lose_vectors(Guest &guest)
{
	guest.vf().config_vector = none;
	for (u16 &vector : guest.vf().queue_vector)
		vector = none;
}

void expect_mapped(Guest &guest)
{
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	KT_EXPECT_EQ(guest.vf().config_vector, 0);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 1);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], 1);
	KT_EXPECT_EQ(guest.vf().queue_vector[2], none);
}

/// MSI-X by a request with any flags.
long set_msix(Guest &guest, u32 start, u32 count, u32 index = KN_VFIO_IRQ_MSIX)
{
	struct {
		kn_vfio_irq_set set;
		int fds[4];
	} request = {{.argsz = sizeof(request), .flags = support::trigger | support::by_eventfd,
		      .index = index, .start = start, .count = count},
		     {-1, -1, -1, -1}};

	return guest.ioctl(KN_VFIO_DEVICE_SET_IRQS, &request);
}

// Of the hook.
kn_vfio_irq_set changing;

} // namespace

GUEST_CASE(msix_while_intx_is_on_is_refused_and_changes_nothing, start_intx(guest, fd))
{
	for (const u32 index : {KN_VFIO_IRQ_MSI, KN_VFIO_IRQ_MSIX}) {
		KT_EXPECT_EQ(set_msix(guest, 0, 1, index), to_errno(Error::invalid));
		KT_EXPECT_EQ(set_msix(guest, 1, 0, index), to_errno(Error::invalid));
		KT_EXPECT_EQ(set_msix(guest, 2, 1, index), to_errno(Error::invalid));
	}
	expect_mapped(guest);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	expect_interrupt(guest, fd, 1);
}

GUEST_CASE(intx_while_msix_is_on_is_refused_and_changes_nothing, guest.start())
{
	fd = fake::make_event();
	guest.set_msix(true);
	KT_EXPECT_EQ(intx_on(guest, fd), to_errno(Error::invalid));
	KT_EXPECT_EQ(intx_on(guest, -1), to_errno(Error::invalid));
	KT_EXPECT_EQ(fake::event_users(fd), 0);
	KT_EXPECT(guest.vf().msix_enabled);
	KT_EXPECT_EQ(intx_off(guest), to_errno(Error::invalid));
}

GUEST_CASE(intx_and_msix_in_turn_with_resets_both_interrupt, start_on(guest))
{
	for (unsigned i = 0; i < 3; i++) {
		run_driver(guest);
		expect_mapped(guest);
		expect_interrupt(guest, fd, 0);
		guest.out(WIRE_LEGACY_STATUS, 1, 0);
		KT_EXPECT_EQ(intx_off(guest), 0);
		KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
		guest.set_msix(true);
		run_driver(guest);
		guest.out(WIRE_LEGACY_QUEUE_VECTOR, 2, 3);
		KT_EXPECT_EQ(guest.in(WIRE_LEGACY_QUEUE_VECTOR, 2), 3);
		KT_EXPECT_EQ(guest.vf().config_vector, none);
		KT_EXPECT_EQ(guest.vf().queue_vector[0], none);
		KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
		guest.out(WIRE_LEGACY_STATUS, 1, 0);
		guest.set_msix(false);
		KT_EXPECT_EQ(intx_on(guest, fd), 0);
	}
	KT_EXPECT_EQ(fake::take_event(fd), 0);
}

GUEST_CASE(msix_over_live_queues_finds_nothing_mapped, start_intx(guest, fd))
{
	KT_EXPECT_EQ(intx_off(guest), 0);
	guest.set_msix(true);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_CONFIG_VECTOR, 2), none);
	for (const u16 queue : {0, 1, 2}) {
		guest.out(WIRE_LEGACY_QUEUE_SELECT, 2, queue);
		KT_EXPECT_EQ(guest.in(WIRE_LEGACY_QUEUE_VECTOR, 2), none);
		KT_EXPECT_EQ(guest.vf().queue_vector[queue], none);
	}
}

GUEST_CASE(unmapping_that_fails_is_tried_again_before_the_guests_vectors, start_intx(guest, fd))
{
	KT_EXPECT_EQ(intx_off(guest), 0);
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::status,
			.arg = 22, .count = 2});
	guest.set_msix(true);
	fake::clear_rules();
	guest.out(WIRE_LEGACY_QUEUE_SELECT, 2, 1);
	guest.out(WIRE_LEGACY_QUEUE_VECTOR, 2, 3);
	guest.set_irqs(false); // VFIO has other vectors: the guest sees nothing of it
	guest.set_irqs(true);
	KT_EXPECT_EQ(guest.vf().config_vector, none);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], none);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], 3);
}

GUEST_CASE(intx_off_and_on_over_live_queues_loses_no_interrupt, start_intx(guest, fd))
{
	fake::queue_event(guest.vf(), 0); // taken, and not read
	(void)fake::take_event(fd);
	KT_EXPECT_EQ(intx_off(guest), 0);
	lose_vectors(guest);
	guest.vf().isr = 0; // a device need not set it for a message that was masked
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	expect_mapped(guest);
	expect_told(guest);
	expect_interrupt(guest, fd, 1);
}

GUEST_CASE(intx_over_queues_of_an_msix_life_maps_them, guest.start())
{
	fd = fake::make_event();
	guest.set_msix(true);
	run_driver(guest);
	guest.out(WIRE_LEGACY_QUEUE_VECTOR, 2, 2);
	guest.set_msix(false);
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	expect_mapped(guest);
	expect_told(guest);
	expect_interrupt(guest, fd, 0);
}

GUEST_CASE(selection_of_the_guest_stays_when_queues_are_mapped_anew, start_intx(guest, fd))
{
	guest.out(WIRE_LEGACY_QUEUE_SELECT, 2, 2);
	KT_EXPECT_EQ(intx_off(guest), 0);
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_QUEUE_SELECT, 2), 2);
	guest.out(WIRE_LEGACY_QUEUE_ADDRESS, 4, 0x3000);
	KT_EXPECT_EQ(guest.vf().queue_address[2], 0x3000);
	KT_EXPECT_EQ(guest.vf().queue_vector[2], 1);
}

GUEST_CASE(other_requests_give_the_vectors_back_and_take_them_again, start_intx(guest, fd))
{
	for (const u32 index : {error_index, request_index}) {
		guest.vf().on_ioctl = [](fake::Vf &vf, u32) {
			KT_EXPECT_EQ(fake::driver_vectors(vf), 0);
			vf.config_vector = vf.queue_vector[0] = none;
			return long{0};
		};
		KT_EXPECT_EQ(guest.set_irqs(index, support::trigger | support::by_eventfd, 1), 0);
		expect_mapped(guest);
		expect_told(guest);
	}
	guest.vf().on_ioctl = nullptr;
	// MSI-X off that was not on.
	KT_EXPECT_EQ(guest.set_irqs(KN_VFIO_IRQ_MSIX, support::trigger | support::no_data, 0), 0);
	expect_mapped(guest);
	expect_told(guest);
	expect_interrupt(guest, fd, 1);
}

/// @told: VFIO's user forwards the guest's own MSI-X Enable, which is clear.
static void change_under_the_ioctl(Guest &guest, bool told)
{
	const u16 control = static_cast<u16>(support::msix_of(guest.vf()) + WIRE_MSIX_CONTROL);

	if (told)
		guest.set_config(control, 2, 0);
	changing = {.argsz = 24, .flags = support::trigger | support::by_eventfd,
		    .index = request_index, .start = 0, .count = 1};
	guest.vf().on_ioctl = [](fake::Vf &, u32) {
		changing.index = KN_VFIO_IRQ_MSIX;
		return long{0};
	};
	KT_EXPECT_EQ(guest.ioctl(KN_VFIO_DEVICE_SET_IRQS, &changing), 0);
	guest.vf().on_ioctl = nullptr;
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	set_queue(guest, 2, 0x3000); // asks in vain, and fails nothing
	KT_EXPECT_EQ(guest.view().intx_failures, 0);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	// The VMM is sane again.
	KT_EXPECT_EQ(guest.set_irqs(KN_VFIO_IRQ_MSIX, support::trigger | support::no_data, 0), 0);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	KT_EXPECT_EQ(guest.vf().queue_vector[2], 1);
	expect_told(guest);
	expect_interrupt(guest, fd, 0);
}

GUEST_CASE(request_that_changes_under_the_ioctl_enables_msix_without_the_driver, start_intx(guest, fd))
{
	change_under_the_ioctl(guest, false);
}

GUEST_CASE(request_that_changes_under_a_guest_without_msix_asks_for_no_vector, start_intx(guest, fd))
{
	change_under_the_ioctl(guest, true);
}

GUEST_CASE(request_that_changes_to_intx_is_refused_by_vfio, start_intx(guest, fd))
{
	changing = {.argsz = 24, .flags = support::trigger | support::by_eventfd,
		    .index = request_index, .start = 0, .count = 1};
	guest.vf().on_ioctl = [](fake::Vf &, u32) {
		changing.index = KN_VFIO_IRQ_INTX;
		return long{0};
	};
	KT_EXPECT_EQ(guest.ioctl(KN_VFIO_DEVICE_SET_IRQS, &changing), to_errno(Error::invalid));
	guest.vf().on_ioctl = nullptr;
	expect_mapped(guest);
}

GUEST_CASE(interrupt_disable_of_an_msix_life_masks_nothing_when_it_is_cleared, guest.start())
{
	fd = fake::make_event();
	guest.set_config(WIRE_PCI_COMMAND, 2, 0x0405);
	guest.set_msix(true);
	run_driver(guest);
	guest.out(WIRE_LEGACY_STATUS, 1, 0);
	guest.set_msix(false);
	guest.set_config(WIRE_PCI_COMMAND, 2, 0x0005); // as VMMs do at a reset
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	run_driver(guest);
	expect_interrupt(guest, fd, 0);
}

GUEST_CASE(many_queues_are_all_mapped_anew, start_on(guest))
{
	begin_driver(guest);
	for (u16 queue = 0; queue < 40; queue++) // of which the fake has 4
		set_queue(guest, queue, 0x1000u * (queue + 1u));
	KT_EXPECT_EQ(intx_off(guest), 0);
	lose_vectors(guest);
	fake::forget_commands();
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	for (const u16 vector : guest.vf().queue_vector)
		KT_EXPECT_EQ(vector, 1);
	// The configuration, and a selection, a write and a read for each queue.
	KT_EXPECT_EQ(fake::seen(), 2 + 3 * 40);
	KT_EXPECT_EQ(intx_off(guest), 0);
	guest.set_msix(true);
	for (const u16 vector : guest.vf().queue_vector)
		KT_EXPECT_EQ(vector, none);
}

KT_SUITE_END(member_intx_switching);
