// SPDX-License-Identifier: GPL-2.0-only
// Commands and signals under way while a VMM takes vectors or eventfds away.
#include "kunit/fake/eventually.hh"
#include "kunit/support/caller.hh"
#include "kunit/support/intx.hh"
#include "kunit/support/threads.hh"

KT_SUITE(member_intx_overtaken);

using base::u16;
using base::u32;
using base::u8;
using support::begin_driver;
using support::expect_interrupt;
using support::Guest;
using support::intx_off;
using support::intx_on;
using support::set_intx;
using support::start_intx;
using support::Threads;

namespace {

constexpr u32 request_index = 4; // of VFIO
constexpr unsigned rounds = 300;

int fd;

/// The guest's write of an address.
struct Address {
	Guest &guest;
	long done = 0;

	static int call(void *context)
	{
		auto &self = *static_cast<Address *>(context);
		const u8 page[] = {0, 0x10, 0, 0};

		self.done = self.guest.write_bar(WIRE_LEGACY_QUEUE_ADDRESS, page, sizeof(page));
		return 0;
	}
};

void pass(void *context)
{
	auto &guest = *static_cast<Guest *>(context);

	KT_EXPECT_EQ(guest.set_irqs(request_index, support::trigger | support::by_eventfd, 1), 0);
}

/// A device that interrupts all the time, and ends of interrupts that KVM signals.
struct Traffic {
	Guest &guest;
	int resample;
	base::Atomic<bool> stop{false};

	static void device(void *context)
	{
		auto &self = *static_cast<Traffic *>(context);

		while (!self.stop.load()) {
			fake::queue_event(self.guest.vf(), 0);
			kn_sleep_us(10);
		}
	}
	static void kvm(void *context)
	{
		auto &self = *static_cast<Traffic *>(context);

		while (!self.stop.load()) {
			fake::signal_event(self.resample);
			kn_sleep_us(10);
		}
	}
};

} // namespace

GUEST_CASE(vector_refused_because_vfio_has_them_is_no_failure, start_intx(guest, fd))
{
	support::Caller caller;
	Threads threads;
	Address address{guest};

	begin_driver(guest);
	guest.out(WIRE_LEGACY_QUEUE_SELECT, 2, 0);
	(void)guest.in(WIRE_LEGACY_QUEUE_SIZE, 2);
	fake::add_rule({.opcode = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE, .kind = fake::Kind::hold});
	caller.call(Address::call, &address);
	KT_REQUIRE(fake::wait_outstanding(1));
	threads.start(pass, &guest);
	KT_EXPECT(fake::eventually([&] { return fake::driver_vectors(guest.vf()) == 0; }));
	fake::answer_held(0, fake::Kind::status, 22);
	(void)caller.finish();
	threads.join();
	KT_EXPECT_EQ(address.done, 4);
	KT_EXPECT_EQ(guest.view().intx_failures, 0);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	KT_EXPECT_EQ(guest.vf().config_vector, 0);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 1);
	(void)guest.in(WIRE_LEGACY_ISR, 1);
	KT_EXPECT_EQ(support::unmask(guest), 0);
	expect_interrupt(guest, fd, 0);
}

GUEST_CASE(eventfd_that_is_replaced_while_threads_signal_is_not_signalled_then, start_intx(guest, fd))
{
	const int other = fake::make_event(), resample = fake::make_event();
	Traffic traffic{.guest = guest, .resample = resample};
	Threads threads;

	KT_EXPECT_EQ(set_intx(guest, KN_VFIO_IRQ_UNMASK | support::by_eventfd, 1, resample), 0);
	threads.start(Traffic::device, &traffic);
	threads.start(Traffic::kvm, &traffic);
	for (unsigned i = 0; i < rounds; i++) {
		const int old = i & 1 ? other : fd, next = i & 1 ? fd : other;
		KT_EXPECT_EQ(intx_on(guest, next), 0);
		(void)fake::take_event(old);
		kn_sleep_us(30);
		KT_EXPECT_EQ(fake::take_event(old), 0);
	}
	traffic.stop.store(true);
	threads.join();
	KT_EXPECT_EQ(intx_off(guest), 0);
}

KT_SUITE_END(member_intx_overtaken);
