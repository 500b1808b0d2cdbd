// SPDX-License-Identifier: GPL-2.0-only
// Open and close with INTx: nothing of a guest is left for the next one.
#include "base/atomic.hh"
#include "kernel/time.h"
#include "kunit/fake/eventually.hh"
#include "kunit/support/intx.hh"

KT_SUITE(member_intx_life);

using base::to_errno;
using base::u32;
using support::Guest;
using support::intx_off;
using support::intx_on;
using support::same_text;
using support::set_intx;
using support::start_intx;

namespace {

int fd;

long unmask_by(Guest &guest, int resample)
{
	return set_intx(guest, KN_VFIO_IRQ_UNMASK | support::by_eventfd, 1, resample);
}

void expect_nothing_left(Guest &guest)
{
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	KT_EXPECT(!guest.vf().msix_enabled);
	KT_EXPECT_EQ(fake::event_users(fd), 0);
	KT_EXPECT_EQ(guest.view().intx_vectors, 0);
	KT_EXPECT(same_text(guest.view().intx_state, "closed"));
}

/// A device that interrupts all the time.
struct Traffic {
	fake::Vf &vf;
	kt_thread *thread = nullptr;
	base::Atomic<bool> stop{false};

	explicit Traffic(fake::Vf &function) : vf(function)
	{
		thread = kt_thread_start(
			[](void *context) {
				auto &self = *static_cast<Traffic *>(context);
				while (!self.stop.load()) {
					fake::late_message(self.vf, 1);
					fake::late_message(self.vf, 0);
					kn_sleep_us(20);
				}
			},
			this);
	}
	void end()
	{
		stop.store(true);
		kt_thread_join(std::exchange(thread, nullptr));
	}
};

// Of the hook: the work that asks for the status, and what drivers have meanwhile.
constinit base::Atomic<bool> asking{false}, closing{false};
constinit base::Atomic<u32> kept{0};

void wait_for_close(fake::Vf &vf)
{
	vf.on_msix_query = nullptr;
	asking.store(true);
	KT_EXPECT(fake::eventually([] { return closing.load(); }));
	kn_sleep_us(5000);
	kept.store(fake::allocations());
}

} // namespace

GUEST_CASE(close_keeps_what_the_work_reads_that_asks_for_the_status, start_intx(guest, fd))
{
	asking.store(false);
	closing.store(false);
	guest.vf().on_msix_query = wait_for_close;
	guest.function_reset(); // which may have cost the status
	KT_REQUIRE(fake::eventually([] { return asking.load(); }));
	const u32 before = fake::allocations();
	closing.store(true);
	guest.close();
	KT_EXPECT_EQ(kept.load(), before);
	KT_EXPECT(fake::allocations() < before);
	expect_nothing_left(guest);
}

GUEST_CASE(close_in_traffic_leaves_nothing, start_intx(guest, fd))
{
	const int resample = fake::make_event();

	for (unsigned i = 0; i < 20; i++) {
		KT_EXPECT_EQ(unmask_by(guest, resample), 0);
		Traffic traffic{guest.vf()};
		kn_sleep_us(100);
		fake::signal_event(resample);
		guest.close(); // the VMM was killed
		traffic.end();
		expect_nothing_left(guest);
		KT_EXPECT_EQ(fake::event_users(resample), 0);
		(void)fake::take_event(fd);
		fake::signal_event(resample);
		fake::settle();
		KT_EXPECT_EQ(fake::take_event(fd), 0);
		(void)fake::take_event(resample);
		fake::close_event(fd);
		KT_REQUIRE(start_intx(guest, fd));
		KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
		fake::queue_event(guest.vf(), 0);
		KT_EXPECT_EQ(fake::take_event(fd), 1);
	}
}

GUEST_CASE(next_guest_has_the_line_of_after_power_on, start_intx(guest, fd))
{
	guest.set_config(WIRE_PCI_COMMAND, 2, 0x0405);
	fake::queue_event(guest.vf(), 0);
	guest.close();
	const int other = fake::make_event();
	KT_REQUIRE(guest.start());
	KT_EXPECT(same_text(guest.view().intx_state, "off"));
	KT_EXPECT_EQ(intx_on(guest, other), 0);
	KT_EXPECT_EQ(fake::take_event(other), 0);
	support::begin_driver(guest);
	support::set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), 0);
	fake::queue_event(guest.vf(), 0);
	KT_EXPECT_EQ(fake::take_event(other), 1);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
}

GUEST_CASE(signal_owed_when_intx_is_off_is_forgotten, start_intx(guest, fd))
{
	const int resample = fake::make_event(), other = fake::make_event();

	KT_EXPECT_EQ(unmask_by(guest, resample), 0);
	fake::queue_event(guest.vf(), 0);
	support::owe_a_signal(guest, resample);
	guest.out(WIRE_LEGACY_STATUS, 1, 0);
	KT_EXPECT_EQ(intx_off(guest), 0);
	KT_EXPECT_EQ(intx_on(guest, other), 0);
	fake::settle();
	KT_EXPECT_EQ(fake::take_event(other), 0);
}

GUEST_CASE(close_while_suspended_resumes_the_function, start_intx(guest, fd))
{
	fake::suspend(guest.vf(), true);
	guest.close();
	expect_nothing_left(guest);
}

GUEST_CASE(close_of_a_function_that_does_not_resume_frees_all, start_intx(guest, fd))
{
	fake::fail_next(fake::Call::pm_get);
	guest.close();
	expect_nothing_left(guest);
}

GUEST_CASE(close_of_a_function_that_is_gone_frees_all, start_intx(guest, fd))
{
	guest.vf().gone = guest.vf().removed = true;
	guest.close();
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	KT_EXPECT_EQ(fake::event_users(fd), 0);
	guest.vf().gone = guest.vf().removed = false;
}

GUEST_CASE(many_opens_leave_nothing, true)
{
	for (unsigned i = 0; i < 1000; i++) {
		KT_REQUIRE(guest.start());
		fd = fake::make_event();
		KT_REQUIRE(intx_on(guest, fd) == 0);
		if (i % 10 == 0)
			support::set_queue(guest, 0, 0x1000);
		guest.close();
		KT_REQUIRE(fake::event_users(fd) == 0);
		fake::close_event(fd);
	}
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	KT_EXPECT_EQ(guest.view().intx_failures, 0);
}

GUEST_CASE(open_without_memory_leaves_nothing, true)
{
	for (u32 step = 0;; step++) {
		fake::fail_alloc(step);
		const int error = guest.open();
		fake::fail_alloc(~u32{0});
		if (!error) {
			KT_EXPECT(step >= 1);
			break;
		}
		KT_EXPECT_EQ(error, to_errno(base::Error::no_memory));
		KT_EXPECT(!guest.vf().assigned);
	}
	KT_EXPECT_EQ(guest.config(WIRE_PCI_INTERRUPT_PIN, 1), 1);
	guest.close();
}

GUEST_CASE(requests_of_intx_allocate_nothing, guest.start())
{
	fd = fake::make_event();
	fake::fail_alloc(0);
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	support::begin_driver(guest);
	support::set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	KT_EXPECT_EQ(intx_off(guest), 0);
	fake::fail_alloc(~u32{0});
}

KT_CASE(kernels_own_client_maps_and_interrupts)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(start_intx(guest, fd));
	KT_EXPECT(same_text(guest.view().admin_queue, "in-tree"));
	for (unsigned i = 0; i < 3; i++) {
		KT_EXPECT_EQ(guest.vf().config_vector, 0);
		KT_EXPECT_EQ(guest.vf().queue_vector[1], 1);
		fake::queue_event(guest.vf(), 1);
		KT_EXPECT_EQ(fake::take_event(fd), 1);
		KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), WIRE_ISR_QUEUE);
		KT_EXPECT_EQ(intx_off(guest), 0);
		guest.set_msix(true);
		KT_EXPECT_EQ(guest.in(WIRE_LEGACY_QUEUE_VECTOR, 2), WIRE_NO_VECTOR);
		guest.set_msix(false);
		KT_EXPECT_EQ(intx_on(guest, fd), 0);
		KT_EXPECT_EQ(fake::take_event(fd), 1);
		(void)guest.in(WIRE_LEGACY_ISR, 1);
		KT_EXPECT_EQ(support::unmask(guest), 0);
	}
}

KT_CASE(kernels_own_client_that_refuses_a_vector_leaves_none)
{
	KT_REQUIRE(fake::bring_up_client(1));
	Guest guest;
	KT_REQUIRE(guest.start());
	fd = fake::make_event();
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	support::begin_driver(guest);
	guest.vf().refuses_vectors = true;
	support::set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(guest.vf().queue_address[0], 0x1000);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	guest.vf().refuses_vectors = false;
	support::begin_driver(guest);
	support::set_queue(guest, 0, 0x1000);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
}

KT_SUITE_END(member_intx_life);
