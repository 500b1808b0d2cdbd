// SPDX-License-Identifier: GPL-2.0-only
// VFIO_DEVICE_SET_IRQS and GET_IRQ_INFO of INTx: each cell of the table answers as vfio-pci does.
#include "kunit/support/intx.hh"

KT_SUITE(member_intx_irqs);

using base::Error;
using base::to_errno;
using base::u32;
using base::u8;
using support::Guest;
using support::intx_off;
using support::intx_on;
using support::set_intx;
using support::unmask;

namespace {

constexpr u32 mask = KN_VFIO_IRQ_MASK, unmasks = KN_VFIO_IRQ_UNMASK, trigger = KN_VFIO_IRQ_TRIGGER;
constexpr u32 none = KN_VFIO_IRQ_DATA_NONE, boolean = KN_VFIO_IRQ_DATA_BOOL,
	      eventfd = KN_VFIO_IRQ_DATA_EVENTFD;
constexpr int invalid = to_errno(Error::invalid);
constexpr int no_ioctl = to_errno(Error::no_such_ioctl);

/// A request, of INTx unless a case says otherwise.
struct Request {
	kn_vfio_irq_set set = {.argsz = 24, .flags = trigger | none, .index = KN_VFIO_IRQ_INTX,
			       .start = 0, .count = 1};
	int data = -1;
};
static_assert(sizeof(Request) == 24);

long call(Guest &guest, Request request)
{
	return guest.ioctl(KN_VFIO_DEVICE_SET_IRQS, &request);
}

long call(Guest &guest, u32 flags, u32 count, int data)
{
	Request request;

	request.set.flags = flags;
	request.set.count = count;
	request.data = data;
	return call(guest, request);
}

int fd;

bool start_on(Guest &guest)
{
	fd = fake::make_event();
	return guest.start() && KT_EXPECT_EQ(intx_on(guest, fd), 0);
}

/// INTx is on, by an eventfd: the VMM's own signal comes.
void expect_on(Guest &guest)
{
	KT_EXPECT_EQ(set_intx(guest, trigger | none), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
}

} // namespace

GUEST_CASE(requests_before_intx_is_on_are_refused, guest.start())
{
	for (const u32 action : {mask, unmasks, trigger})
		for (const u32 data : {none, boolean})
			for (const u32 count : {0, 1})
				KT_EXPECT_EQ(call(guest, action | data, count, 1), invalid);
	fd = fake::make_event();
	for (const u32 action : {mask, unmasks})
		for (const int file : {fd, -1})
			KT_EXPECT_EQ(call(guest, action | eventfd, 1, file), invalid);
	for (const u32 action : {mask, unmasks, trigger})
		KT_EXPECT_EQ(call(guest, action | eventfd, 0, fd), invalid);
	KT_EXPECT_EQ(fake::event_users(fd), 0);
}

GUEST_CASE(trigger_without_eventfd_switches_on, guest.start())
{
	KT_EXPECT_EQ(call(guest, trigger | eventfd, 1, -1), 0);
	KT_EXPECT_EQ(call(guest, trigger | none, 1, 0), 0); // to nobody
	KT_EXPECT_EQ(intx_off(guest), 0);
	KT_EXPECT_EQ(intx_off(guest), invalid);
}

GUEST_CASE(descriptor_that_is_no_eventfd_changes_nothing, start_on(guest))
{
	KT_EXPECT_EQ(intx_on(guest, 4711), to_errno(Error::bad_descriptor));
	KT_EXPECT_EQ(intx_on(guest, fake::other_file), invalid);
	KT_EXPECT_EQ(call(guest, unmasks | eventfd, 1, 4711), to_errno(Error::bad_descriptor));
	KT_EXPECT_EQ(call(guest, unmasks | eventfd, 1, fake::other_file), invalid);
	expect_on(guest);
	KT_EXPECT_EQ(intx_off(guest), 0);
	KT_EXPECT_EQ(intx_on(guest, 4711), to_errno(Error::bad_descriptor));
	KT_EXPECT_EQ(unmask(guest), invalid); // it is off
}

GUEST_CASE(count_0_switches_off_without_data_alone, start_on(guest))
{
	for (const u32 flags : {trigger | boolean, trigger | eventfd, mask | none, unmasks | none})
		KT_EXPECT_EQ(call(guest, flags, 0, fd), invalid);
	expect_on(guest);
	KT_EXPECT_EQ(call(guest, trigger | none, 0, 0), 0);
	KT_EXPECT_EQ(unmask(guest), invalid);
	KT_EXPECT_EQ(fake::event_users(fd), 0);
}

GUEST_CASE(boolean_data_acts_if_it_is_not_0, start_on(guest))
{
	KT_EXPECT_EQ(call(guest, trigger | boolean, 1, 0), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	KT_EXPECT_EQ(call(guest, trigger | boolean, 1, 2), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 1);
	KT_EXPECT_EQ(call(guest, mask | boolean, 1, 0x100), 0); // of which one byte counts
	KT_EXPECT_EQ(call(guest, mask | boolean, 1, 1), 0);
	KT_EXPECT_EQ(call(guest, unmasks | boolean, 1, 0), 0);
	KT_EXPECT_EQ(call(guest, unmasks | boolean, 1, 1), 0);
}

GUEST_CASE(mask_by_eventfd_is_not_implemented, start_on(guest))
{
	KT_EXPECT_EQ(call(guest, mask | eventfd, 1, fd), no_ioctl);
	KT_EXPECT_EQ(call(guest, mask | eventfd, 1, -1), no_ioctl);
}

GUEST_CASE(second_unmask_eventfd_is_busy_until_the_first_is_removed, start_on(guest))
{
	const int first = fake::make_event(), second = fake::make_event();

	KT_EXPECT_EQ(call(guest, unmasks | eventfd, 1, -1), 0); // there is none yet
	KT_EXPECT_EQ(call(guest, unmasks | eventfd, 1, first), 0);
	KT_EXPECT_EQ(call(guest, unmasks | eventfd, 1, second), to_errno(Error::busy));
	KT_EXPECT_EQ(call(guest, unmasks | eventfd, 1, -1), 0);
	KT_EXPECT_EQ(fake::event_users(first), 0);
	KT_EXPECT_EQ(call(guest, unmasks | eventfd, 1, second), 0);
	KT_EXPECT_EQ(intx_off(guest), 0);
	KT_EXPECT_EQ(fake::event_users(second), 0);
}

GUEST_CASE(loopback_is_not_sent_while_the_guest_disables_intx, start_on(guest))
{
	guest.set_config(WIRE_PCI_COMMAND, 2, 0x0405);
	KT_EXPECT_EQ(set_intx(guest, trigger | none), 0);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	guest.set_config(WIRE_PCI_COMMAND, 2, 0x0005);
	expect_on(guest);
}

GUEST_CASE(request_that_is_not_well_formed_is_refused, start_on(guest))
{
	struct {
		Request request;
		int error;
	} const bad[] = {
		{{.set = {19, trigger | none, 0, 0, 1}}, invalid},
		{{.set = {0, trigger | none, 0, 0, 1}}, invalid},
		{{.set = {24, trigger | none, 0, 1, 1}}, invalid},
		{{.set = {24, trigger | none, 0, 1, 0}}, invalid},
		{{.set = {24, trigger | none, 0, 0, 2}}, invalid},
		{{.set = {24, trigger | none, 0, 0, 0xffffffff}}, invalid},
		{{.set = {24, trigger | none, 0, 0xffffffff, 1}}, invalid},
		{{.set = {24, trigger | none, 0, 0xffffffff, 0xffffffff}}, invalid},
		{{.set = {24, trigger | none | 0x40, 0, 0, 1}}, invalid},
		{{.set = {24, trigger | none | 0x80000000, 0, 0, 1}}, invalid},
		{{.set = {24, trigger, 0, 0, 1}}, invalid},
		{{.set = {24, trigger | none | boolean, 0, 0, 1}}, invalid},
		{{.set = {24, trigger | none | eventfd, 0, 0, 1}}, invalid},
		{{.set = {24, none, 0, 0, 1}}, no_ioctl},
		{{.set = {24, none | mask | unmasks, 0, 0, 1}}, no_ioctl},
		{{.set = {24, none | trigger | mask, 0, 0, 1}}, no_ioctl},
		{{.set = {20, trigger | boolean, 0, 0, 1}, .data = 1}, invalid},
		{{.set = {23, trigger | eventfd, 0, 0, 1}, .data = 100}, invalid},
		{{.set = {20, mask | boolean, 0, 0, 1}, .data = 1}, invalid},
		{{.set = {24, trigger | none, 5, 0, 1}}, 0}, // not of INTx: VFIO's
	};

	for (const auto &one : bad)
		KT_EXPECT_EQ(call(guest, one.request), one.error);
	KT_EXPECT_EQ(fake::take_event(fd), 0);
	expect_on(guest);
}

GUEST_CASE(smallest_sizes_are_enough, start_on(guest))
{
	KT_EXPECT_EQ(call(guest, {.set = {20, trigger | none, 0, 0, 1}}), 0);
	KT_EXPECT_EQ(call(guest, {.set = {21, trigger | boolean, 0, 0, 1}, .data = 1}), 0);
	KT_EXPECT_EQ(call(guest, {.set = {20, trigger | none, 0, 0, 0}}), 0);
}

GUEST_CASE(request_that_faults_anywhere_changes_nothing, start_on(guest))
{
	Request request{.set = {24, trigger | eventfd, 0, 0, 1}, .data = -1};
	const u8 *const start = reinterpret_cast<const u8 *>(&request);

	for (u32 size = 0; size < sizeof(request); size++) {
		fake::set_user_end(start + size);
		KT_EXPECT_EQ(guest.ioctl(KN_VFIO_DEVICE_SET_IRQS, &request), to_errno(Error::fault));
	}
	request.set.index = KN_VFIO_IRQ_MSIX;
	for (u32 size = 0; size < sizeof(request.set); size++) {
		fake::set_user_end(start + size);
		KT_EXPECT_EQ(guest.ioctl(KN_VFIO_DEVICE_SET_IRQS, &request), to_errno(Error::fault));
	}
	fake::set_user_end(nullptr);
	KT_EXPECT_EQ(guest.ioctl(KN_VFIO_DEVICE_SET_IRQS, nullptr), to_errno(Error::fault));
	expect_on(guest);
}

GUEST_CASE(info_has_the_checks_of_vfio, guest.start())
{
	kn_vfio_irq_info info = {.argsz = 15, .flags = 0, .index = KN_VFIO_IRQ_INTX, .count = 7};
	const u8 *const start = reinterpret_cast<const u8 *>(&info);

	KT_EXPECT_EQ(guest.ioctl(KN_VFIO_DEVICE_GET_IRQ_INFO, &info), invalid);
	KT_EXPECT_EQ(info.count, 7);
	info.argsz = 16;
	fake::set_user_end(start + 15);
	KT_EXPECT_EQ(guest.ioctl(KN_VFIO_DEVICE_GET_IRQ_INFO, &info), to_errno(Error::fault));
	fake::set_user_end(nullptr);
	KT_EXPECT_EQ(guest.ioctl(KN_VFIO_DEVICE_GET_IRQ_INFO, nullptr), to_errno(Error::fault));
	KT_EXPECT_EQ(guest.ioctl(KN_VFIO_DEVICE_GET_IRQ_INFO, &info), 0);
	KT_EXPECT_EQ(info.argsz, 16);
	KT_EXPECT_EQ(info.count, 1);
	info.index = KN_VFIO_IRQ_MSIX; // VFIO's
	info.count = 7;
	KT_EXPECT_EQ(guest.ioctl(KN_VFIO_DEVICE_GET_IRQ_INFO, &info), 0);
	KT_EXPECT_EQ(info.count, 7);
}

KT_SUITE_END(member_intx_irqs);
