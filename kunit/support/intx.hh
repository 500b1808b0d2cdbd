// SPDX-License-Identifier: GPL-2.0-only
// A VMM that has INTx on, and a guest without MSI-X.
#pragma once

#include "kernel/time.h"
#include "kernel/vfio_irqs.h"
#include "kernel/work.h"
#include "kunit/fake/event.hh"
#include "kunit/support/guest.hh"
#include "kunit/support/on_heap.hh"

namespace support {

constexpr u32 trigger = KN_VFIO_IRQ_TRIGGER;
constexpr u32 by_eventfd = KN_VFIO_IRQ_DATA_EVENTFD;
constexpr u32 no_data = KN_VFIO_IRQ_DATA_NONE;

/// SET_IRQS of INTx. Return: as the ioctl.
inline long set_intx(Guest &guest, u32 flags, u32 count = 1, int fd = -1)
{
	return guest.set_irqs(KN_VFIO_IRQ_INTX, flags, count, fd);
}

inline long intx_on(Guest &guest, int fd)
{
	return set_intx(guest, trigger | by_eventfd, 1, fd);
}

inline long intx_off(Guest &guest)
{
	return set_intx(guest, trigger | no_data, 0);
}

inline long unmask(Guest &guest)
{
	return set_intx(guest, KN_VFIO_IRQ_UNMASK | no_data);
}

/// The driver's first steps: reset, ACKNOWLEDGE, DRIVER.
inline void begin_driver(Guest &guest)
{
	for (const u32 status : {0, 1, 3})
		guest.out(WIRE_LEGACY_STATUS, 1, status);
}

/// Selects @queue, looks at its size as drivers do, and gives it an address.
inline void set_queue(Guest &guest, u16 queue, u32 page)
{
	guest.out(WIRE_LEGACY_QUEUE_SELECT, 2, queue);
	(void)guest.in(WIRE_LEGACY_QUEUE_SIZE, 2);
	guest.out(WIRE_LEGACY_QUEUE_ADDRESS, 4, page);
}

/// Starts the VF with INTx on by the eventfd @fd, and a driver with queues 0 and 1.
[[nodiscard]] inline bool start_intx(Guest &guest, int &fd)
{
	fd = fake::make_event();
	if (!guest.start() || !KT_EXPECT_EQ(intx_on(guest, fd), 0))
		return false;
	begin_driver(guest);
	set_queue(guest, 0, 0x1000);
	set_queue(guest, 1, 0x2000);
	guest.out(WIRE_LEGACY_STATUS, 1, 7);
	return true;
}

/// An end of interrupt with ISR Status unread, by the eventfd @resample, whose thread finds no trigger.
inline void owe_a_signal(Guest &guest, int resample)
{
	OnHeap<kn_work> busy; // the threads of listeners come after it, where there is one worker

	kn_work_init(&busy.get(), [](void *) { kn_sleep_us(5000); }, nullptr);
	kn_work_schedule(&busy.get());
	fake::signal_event(resample);
	KT_EXPECT_EQ(intx_on(guest, -1), 0);
	fake::settle();
	kn_work_cancel(&busy.get());
}

/// The device uses a buffer of @queue: the guest has one interrupt, which it ends.
inline void expect_interrupt(Guest &guest, int fd, u16 queue)
{
	(void)fake::take_event(fd);
	fake::queue_event(guest.vf(), queue);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(guest.in(WIRE_LEGACY_ISR, 1), WIRE_ISR_QUEUE);
	KT_EXPECT_EQ(unmask(guest), 0);
}

} // namespace support
