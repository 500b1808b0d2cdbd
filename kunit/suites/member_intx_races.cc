// SPDX-License-Identifier: GPL-2.0-only
// Threads of a VMM, of a guest and of the device at once: no interrupt is lost, and none goes astray.
#include "base/atomic.hh"
#include "kernel/time.h"
#include "kunit/fake/eventually.hh"
#include "kunit/support/intx.hh"
#include "kunit/support/threads.hh"

KT_SUITE(member_intx_races);

using base::Error;
using base::to_errno;
using base::u16;
using base::u32;
using base::u64;
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

/// A device that works, and a guest that handles its interrupts.
struct World {
	explicit World(Guest &owner) : guest(owner) { current.store(static_cast<u32>(fd)); }

	Guest &guest;
	base::Atomic<u32> current{0}; ///< the eventfd that KVM listens to
	base::Atomic<u32> work{0};
	base::Atomic<u32> seen{0};
	base::Atomic<bool> device_ended{false};
	base::Atomic<bool> stop{false};

	static void device(void *context)
	{
		auto &self = *static_cast<World *>(context);

		for (unsigned i = 0; i < 3 * rounds; i++) {
			self.work.add(1);
			fake::queue_event(self.guest.vf(), i & 1);
			kn_sleep_us(15);
		}
		self.device_ended.store(true);
	}
	/// One interrupt, if there is one: ISR Status, the queue, the end of interrupt.
	bool handle()
	{
		if (!fake::take_event(static_cast<int>(current.load())))
			return false;
		if (guest.in(WIRE_LEGACY_ISR, 1))
			seen.store(work.load());
		KT_EXPECT_EQ(support::unmask(guest), 0);
		return true;
	}
	static void driver(void *context)
	{
		auto &self = *static_cast<World *>(context);

		while (!self.stop.load())
			if (!self.handle())
				kn_sleep_us(10);
	}
	/// All is quiet: whatever the device did, the guest has seen.
	void expect_none_lost()
	{
		while (handle())
			;
		KT_EXPECT_EQ(seen.load(), work.load());
	}
};

/// A request that VFIO reads as long as the case says.
constinit base::Atomic<bool> held{false}, reading{false};

long hold(fake::Vf &, u32)
{
	reading.store(true);
	while (held.load())
		kn_sleep_us(100);
	return 0;
}

void pass(void *context)
{
	auto &guest = *static_cast<Guest *>(context);

	KT_EXPECT_EQ(guest.set_irqs(request_index, support::trigger | support::by_eventfd, 1), 0);
}

/// Starts a request that VFIO goes on reading.
void hold_request(Guest &guest, Threads &threads)
{
	held.store(true);
	reading.store(false);
	guest.vf().on_ioctl = hold;
	threads.start(pass, &guest);
	KT_EXPECT(fake::eventually([] { return reading.load(); }));
}

void release_request(Guest &guest, Threads &threads)
{
	held.store(false);
	threads.join();
	guest.vf().on_ioctl = nullptr;
}

} // namespace

GUEST_CASE(trigger_that_is_replaced_in_traffic_loses_nothing_and_is_silent_then, start_intx(guest, fd))
{
	const int other = fake::make_event();
	World world{guest};
	Threads threads;

	threads.start(World::device, &world);
	for (unsigned i = 0; i < rounds; i++) {
		const int old = i & 1 ? other : fd, next = i & 1 ? fd : other;
		KT_EXPECT_EQ(intx_on(guest, next), 0);
		const u32 sent = fake::take_event(old);
		KT_EXPECT(sent <= 1);
		kn_sleep_us(30);
		KT_EXPECT_EQ(fake::take_event(old), 0);
		KT_EXPECT_EQ(fake::event_users(old), 0);
		world.current.store(static_cast<u32>(next));
		if (sent) // the VMM has it, and hands it on
			fake::signal_event(next);
		(void)world.handle();
	}
	threads.join();
	world.expect_none_lost();
}

GUEST_CASE(requests_of_vfio_in_traffic_lose_nothing, start_intx(guest, fd))
{
	World world{guest};
	Threads threads;

	threads.start(World::device, &world);
	threads.start(World::driver, &world);
	for (unsigned i = 0; i < rounds / 3; i++)
		pass(&guest);
	KT_EXPECT(fake::eventually([&] { return world.device_ended.load(); }, 10000));
	world.stop.store(true);
	threads.join();
	world.expect_none_lost();
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	KT_EXPECT_EQ(guest.view().intx_failures, 0);
}

GUEST_CASE(interrupt_disable_in_traffic_loses_nothing, start_intx(guest, fd))
{
	World world{guest};
	Threads threads;

	threads.start(World::device, &world);
	threads.start(World::driver, &world);
	while (!world.device_ended.load()) {
		guest.set_config(WIRE_PCI_COMMAND, 2, 0x0405);
		kn_sleep_us(20);
		guest.set_config(WIRE_PCI_COMMAND, 2, 0x0005);
		kn_sleep_us(20);
	}
	world.stop.store(true);
	threads.join();
	world.expect_none_lost();
}

GUEST_CASE(interrupt_disable_that_two_vcpus_clear_is_cleared, start_intx(guest, fd))
{
	const auto toggle = [](void *context) {
		for (unsigned i = 0; i < 20; i++)
			for (const u32 command : {0x04, 0x00})
				static_cast<Guest *>(context)->set_config(WIRE_PCI_COMMAND + 1, 1, command);
	};

	for (unsigned i = 0; i < rounds; i++) {
		Threads threads;
		threads.start(toggle, &guest);
		toggle(&guest);
		threads.join();
		fake::queue_event(guest.vf(), 0);
		KT_EXPECT_EQ(fake::take_event(fd), 1);
		(void)guest.in(WIRE_LEGACY_ISR, 1);
		KT_EXPECT_EQ(support::unmask(guest), 0);
	}
}

GUEST_CASE(one_of_intx_and_msix_wins, guest.start())
{
	struct Counts {
		Guest &guest;
		u32 msix = 0;
	} counts{guest};
	const auto messages = [](void *context) {
		auto &self = *static_cast<Counts *>(context);
		for (unsigned i = 0; i < rounds; i++) {
			const long done = self.guest.set_irqs(KN_VFIO_IRQ_MSIX,
							      support::trigger | support::by_eventfd, 1);
			KT_EXPECT(done == 0 || done == to_errno(Error::invalid));
			self.msix += done == 0;
			kn_sleep_us(10 + i % 7);
			if (!done)
				self.guest.set_irqs(false);
		}
	};
	Threads threads;
	u32 intx = 0;

	fd = fake::make_event();
	support::begin_driver(guest);
	support::set_queue(guest, 0, 0x1000);
	threads.start(messages, &counts);
	for (unsigned i = 0; i < rounds; i++) {
		const long done = intx_on(guest, fd);
		KT_EXPECT(done == 0 || done == to_errno(Error::invalid) || done == to_errno(Error::busy));
		intx += done == 0;
		kn_sleep_us(10 + i % 5);
		if (!done)
			KT_EXPECT_EQ(intx_off(guest), 0);
	}
	threads.join();
	KT_EXPECT(intx + counts.msix > 0);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	KT_EXPECT(!guest.vf().msix_enabled);
	KT_EXPECT_EQ(fake::event_users(fd), 0);
}

GUEST_CASE(address_against_requests_has_its_interrupts_in_the_end, start_intx(guest, fd))
{
	Threads threads;
	const auto requests = [](void *context) {
		for (unsigned i = 0; i < rounds / 3; i++)
			pass(context);
	};

	threads.start(requests, &guest);
	for (unsigned i = 0; i < rounds / 3; i++) {
		support::begin_driver(guest);
		support::set_queue(guest, 0, 0x1000);
		support::set_queue(guest, 1, 0x2000);
	}
	threads.join();
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	KT_EXPECT_EQ(guest.vf().queue_vector[0], 1);
	KT_EXPECT_EQ(guest.vf().queue_vector[1], 1);
	KT_EXPECT_EQ(guest.view().intx_failures, 0);
	(void)guest.in(WIRE_LEGACY_ISR, 1);
	KT_EXPECT_EQ(support::unmask(guest), 0);
	(void)fake::take_event(fd);
	fake::queue_event(guest.vf(), 1);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
}

GUEST_CASE(request_that_vfio_goes_on_reading_delays_no_access, start_intx(guest, fd))
{
	Threads threads;

	hold_request(guest, threads);
	const u64 start = kn_now_ms();
	guest.set_config(WIRE_PCI_COMMAND, 2, 0x0405);
	guest.set_config(WIRE_PCI_COMMAND, 2, 0x0005);
	support::set_queue(guest, 2, 0x3000); // gets its vector later
	(void)guest.in(WIRE_LEGACY_ISR, 1);
	KT_EXPECT_EQ(support::unmask(guest), 0);
	KT_EXPECT_EQ(set_intx(guest, KN_VFIO_IRQ_MASK | support::no_data), 0);
	KT_EXPECT_EQ(support::unmask(guest), 0);
	KT_EXPECT(support::since(start) < 100);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	release_request(guest, threads);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
	for (const u16 queue : {0, 1, 2})
		KT_EXPECT_EQ(guest.vf().queue_vector[queue], 1);
	KT_EXPECT_EQ(guest.view().intx_failures, 0);
}

GUEST_CASE(intx_cannot_be_switched_on_while_vfio_reads_a_request, start_intx(guest, fd))
{
	Threads threads;
	const int other = fake::make_event();

	hold_request(guest, threads);
	KT_EXPECT_EQ(intx_on(guest, other), 0); // it is on: the eventfd is replaced
	KT_EXPECT_EQ(intx_off(guest), 0);
	KT_EXPECT_EQ(intx_on(guest, fd), to_errno(Error::busy));
	KT_EXPECT_EQ(fake::event_users(fd), 0);
	release_request(guest, threads);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 0);
	KT_EXPECT_EQ(intx_on(guest, fd), 0);
	KT_EXPECT_EQ(fake::driver_vectors(guest.vf()), 2);
}

KT_SUITE_END(member_intx_races);
