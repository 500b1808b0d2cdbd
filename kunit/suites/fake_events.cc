// SPDX-License-Identifier: GPL-2.0-only
// The fake's eventfds behave as the kernel's.
#include "base/atomic.hh"
#include "base/result.hh"
#include "kunit/fake/event.hh"
#include "kunit/fake/fake.hh"
#include "kunit/support/on_heap.hh"
#include "kunit/test.hh"

KT_SUITE(fake_events);

using base::to_errno;
using base::u32;

namespace {

/// A listener that counts.
struct Listener {
	kn_listener listener;
	base::Atomic<u32> handled{0};
	base::Atomic<u32> run{0};
	bool wants_thread = true;
	kn_event *signals = nullptr; ///< in the handler, which is wrong

	Listener()
	{
		kn_listener_init(
			&listener,
			[](void *context) {
				auto &self = *static_cast<Listener *>(context);
				self.handled.add(1);
				if (self.signals)
					kn_event_signal(self.signals);
				return self.wants_thread;
			},
			[](void *context) { static_cast<Listener *>(context)->run.add(1); }, this);
	}
};

} // namespace

KT_CASE(signal_of_a_driver_is_counted)
{
	fake::start();
	const int fd = fake::make_event();
	kn_event *event;

	KT_REQUIRE(kn_event_get(&event, fd) == 0);
	kn_event_signal(event);
	kn_event_signal(event);
	KT_EXPECT_EQ(fake::take_event(fd), 2);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	kn_event_put(event);
}

KT_CASE(descriptor_that_is_no_eventfd_is_refused)
{
	fake::start();
	kn_event *event;

	KT_EXPECT_EQ(kn_event_get(&event, -1), to_errno(base::Error::bad_descriptor));
	KT_EXPECT_EQ(kn_event_get(&event, fake::other_file), to_errno(base::Error::invalid));
}

KT_CASE(signal_calls_the_handler_and_then_the_thread)
{
	fake::start();
	support::OnHeap<Listener> room;
	Listener &listener = room.get();
	const int fd = fake::make_event();

	KT_REQUIRE(kn_listener_start(&listener.listener, fd) == 0);
	KT_EXPECT_EQ(kn_listener_start(&listener.listener, fd), to_errno(base::Error::busy));
	fake::signal_event(fd);
	KT_EXPECT_EQ(listener.handled.load(), 1);
	fake::settle();
	KT_EXPECT_EQ(listener.run.load(), 1);
	listener.wants_thread = false;
	fake::signal_event(fd);
	fake::settle();
	KT_EXPECT_EQ(listener.run.load(), 1);
	kn_listener_stop(&listener.listener);
	fake::signal_event(fd);
	KT_EXPECT_EQ(listener.handled.load(), 2);
	kn_listener_stop(&listener.listener);
}

KT_CASE(eventfd_that_the_user_closes_ends_its_listener)
{
	fake::start();
	support::OnHeap<Listener> room;
	Listener &listener = room.get();
	const int fd = fake::make_event();

	KT_REQUIRE(kn_listener_start(&listener.listener, fd) == 0);
	fake::close_event(fd);
	const int other = fake::make_event();
	KT_EXPECT_EQ(kn_listener_start(&listener.listener, other), 0);
	kn_listener_stop(&listener.listener);
}

KT_CASE(signal_in_a_handler_is_a_violation)
{
	fake::start();
	support::OnHeap<Listener> room;
	Listener &listener = room.get();
	const int fd = fake::make_event(), other = fake::make_event();

	KT_REQUIRE(kn_event_get(&listener.signals, other) == 0);
	KT_REQUIRE(kn_listener_start(&listener.listener, fd) == 0);
	fake::signal_event(fd);
	KT_EXPECT_EQ(fake::forget_violations(), 1);
	kn_listener_stop(&listener.listener);
	kn_event_put(listener.signals);
}

KT_CASE(handler_that_may_sleep_is_a_violation)
{
	fake::start();
	kn_listener listener;
	const int fd = fake::make_event();

	kn_listener_init(
		&listener,
		[](void *) {
			(void)kn_vfio_memory_lock(fake::vf(1).vfio);
			kn_vfio_memory_unlock(fake::vf(1).vfio);
			(void)kn_pci_pm_get(&fake::vf(1));
			kn_pci_pm_put(&fake::vf(1));
			return false;
		},
		[](void *) {}, nullptr);
	KT_REQUIRE(kn_listener_start(&listener, fd) == 0);
	fake::signal_event(fd);
	KT_EXPECT_EQ(fake::forget_violations(), 2);
	kn_listener_stop(&listener);
}

KT_CASE(eventfd_that_a_driver_keeps_is_a_violation)
{
	fake::start();
	kn_event *event;

	KT_REQUIRE(kn_event_get(&event, fake::make_event()) == 0);
	fake::finish();
	KT_EXPECT_EQ(fake::forget_violations(), 1);
}

KT_SUITE_END(fake_events);
