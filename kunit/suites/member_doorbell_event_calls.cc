// SPDX-License-Identifier: GPL-2.0-only
// VFIO_DEVICE_IOEVENTFD: which arguments it takes, and its errors.
#include "base/result.hh"
#include "kunit/support/caller.hh"
#include "kunit/support/doorbell_event.hh"
#include "member/doorbell_events.hh"

KT_SUITE(member_doorbell_event_calls);

using base::Error;
using base::to_errno;
using base::u32;
using base::u64;
using base::u8;
using support::add_event;
using support::doorbell_request;
using support::doorbells;
using support::DoorbellPlace;
using support::Guest;
using support::set_event;
using support::start_at;

namespace {

constexpr u32 ioeventfd = KN_VFIO_DEVICE_IOEVENTFD;
constexpr long of_vfio = 77; ///< what vfio-pci-core is to return

long call(Guest &guest, const kn_vfio_ioeventfd &request)
{
	return guest.ioctl(ioeventfd, &request);
}

/// vfio-pci-core's answer is of_vfio.
void answer_of_vfio(Guest &guest)
{
	guest.vf().on_ioctl = [](fake::Vf &, u32 cmd) {
		KT_EXPECT_EQ(cmd, ioeventfd);
		return of_vfio;
	};
}

} // namespace

GUEST_CASE(only_writes_of_two_bytes_to_the_notify_register_are_taken, guest.start())
{
	const int fd = fake::make_event();
	const kn_vfio_ioeventfd good = doorbell_request(1, fd);
	kn_vfio_ioeventfd bad[16];
	u32 count = 0;

	for (const u32 argsz : {0u, 27u})
		(bad[count++] = good).argsz = argsz;
	for (const u32 flags : {0u, 1u, 4u, 8u, 3u, 0x12u, ~0u})
		(bad[count++] = good).flags = flags;
	for (const u64 offset : {u64{14}, u64{15}, u64{17}, u64{18}, u64{0x10010}})
		(bad[count++] = good).offset = offset;
	(bad[count++] = good).data = 0x10000;
	(bad[count++] = good).fd = -2;
	KT_REQUIRE(count == std::size(bad));
	for (const kn_vfio_ioeventfd &request : bad)
		KT_EXPECT_EQ(call(guest, request), to_errno(Error::invalid));
	KT_EXPECT_EQ(fake::event_users(fd), 0);
	kn_vfio_ioeventfd longer = good;
	longer.argsz = 4096;
	KT_EXPECT_EQ(call(guest, longer), 0);
	KT_EXPECT_EQ(fake::event_users(fd), 1);
}

GUEST_CASE(argument_that_faults_is_refused, guest.start())
{
	const kn_vfio_ioeventfd request = doorbell_request(1, fake::make_event());
	const u8 *const bytes = reinterpret_cast<const u8 *>(&request);

	KT_EXPECT_EQ(guest.ioctl(ioeventfd), to_errno(Error::fault));
	fake::set_user_end(bytes + KN_VFIO_IOEVENTFD_SIZE - 1);
	KT_EXPECT_EQ(call(guest, request), to_errno(Error::fault));
	fake::set_user_end(bytes + KN_VFIO_IOEVENTFD_SIZE);
	KT_EXPECT_EQ(call(guest, request), 0);
	fake::set_user_end(nullptr);
}

GUEST_CASE(descriptor_that_is_no_eventfd_is_refused, guest.start())
{
	const int fd = fake::make_event();

	KT_EXPECT_EQ(set_event(guest, 1, 99), to_errno(Error::bad_descriptor));
	KT_EXPECT_EQ(set_event(guest, 1, fake::other_file), to_errno(Error::invalid));
	KT_EXPECT_EQ(set_event(guest, 1, fd), 0);
}

GUEST_CASE(second_eventfd_of_a_queue_is_refused, guest.start())
{
	const int fd = add_event(guest, 1), other = fake::make_event();

	KT_EXPECT_EQ(set_event(guest, 1, fd), to_errno(Error::exists));
	KT_EXPECT_EQ(set_event(guest, 1, other), to_errno(Error::exists));
	KT_EXPECT_EQ(set_event(guest, 1, 99), to_errno(Error::exists)); // before the descriptor
	KT_EXPECT_EQ(fake::event_users(fd), 1);
	KT_EXPECT_EQ(set_event(guest, 1, -1), 0);
	KT_EXPECT_EQ(set_event(guest, 1, other), 0);
}

GUEST_CASE(registration_that_is_not_there_cannot_be_ended, guest.start())
{
	fake::fail_alloc(0); // nothing is made for it
	KT_EXPECT_EQ(set_event(guest, 1, -1), to_errno(Error::no_device));
	KT_EXPECT_EQ(set_event(guest, 1, fake::make_event()), to_errno(Error::no_memory));
	(void)add_event(guest, 1);
	KT_EXPECT_EQ(set_event(guest, 2, -1), to_errno(Error::no_device));
	KT_EXPECT_EQ(set_event(guest, 1, -1), 0);
	KT_EXPECT_EQ(set_event(guest, 1, -1), to_errno(Error::no_device));
}

GUEST_CASE(ended_registration_notifies_no_more, guest.start())
{
	const int fd = add_event(guest, 1), other = add_event(guest, 2);

	KT_EXPECT_EQ(set_event(guest, 1, -1), 0);
	KT_EXPECT_EQ(fake::event_users(fd), 0);
	fake::signal_event(fd);
	fake::settle();
	KT_EXPECT_EQ(doorbells(guest), 0);
	fake::signal_event(other);
	fake::settle();
	KT_EXPECT_EQ(guest.vf().notified[2], 1);
}

GUEST_CASE(eventfd_closed_by_the_vmm_keeps_its_registration, guest.start())
{
	const int fd = add_event(guest, 1);

	fake::close_event(fd);
	KT_EXPECT_EQ(set_event(guest, 1, fake::make_event()), to_errno(Error::exists));
	KT_EXPECT_EQ(set_event(guest, 1, -1), 0);
	const int next = add_event(guest, 1);
	fake::close_event(next); // and the close of the device
}

KT_CASE(limit_of_registrations_is_that_of_vfio)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::member));
	const int fd = fake::make_event();

	for (u32 queue = 0; queue < member::max_doorbell_events; queue++)
		if (!KT_EXPECT_EQ(set_event(*guest, queue, fd), 0))
			return;
	KT_EXPECT_EQ(set_event(*guest, 0xffff, fd), to_errno(Error::no_space));
	KT_EXPECT_EQ(set_event(*guest, 0xffff, -1), to_errno(Error::no_device));
	KT_EXPECT_EQ(set_event(*guest, 0, fd), to_errno(Error::exists));
	fake::signal_event(fd);
	KT_EXPECT_EQ(doorbells(*guest), member::max_doorbell_events);
	KT_EXPECT_EQ(set_event(*guest, 500, -1), 0);
	KT_EXPECT_EQ(set_event(*guest, 0xffff, fd), 0);
	KT_EXPECT_EQ(set_event(*guest, 500, fd), to_errno(Error::no_space));
}

GUEST_CASE(allocation_that_fails_leaves_no_registration, guest.start())
{
	const int fd = fake::make_event();

	for (u32 skip = 0; skip < 2; skip++) {
		fake::fail_alloc(skip);
		KT_EXPECT_EQ(set_event(guest, 1, fd), to_errno(Error::no_memory));
		KT_EXPECT_EQ(fake::event_users(fd), 0);
	}
	KT_EXPECT_EQ(set_event(guest, 1, fd), 0);
	fake::fail_alloc(0);
	KT_EXPECT_EQ(set_event(guest, 2, fd), to_errno(Error::no_memory));
	fake::signal_event(fd);
	fake::settle();
	KT_EXPECT_EQ(doorbells(guest), 1);
}

GUEST_CASE(regions_of_vfio_are_left_to_vfio, guest.start())
{
	kn_vfio_ioeventfd request = doorbell_request(1, fake::make_event());

	answer_of_vfio(guest);
	for (const u64 region : {1u, 2u, 4u, 7u, 300u}) {
		request.offset = region << KN_VFIO_OFFSET_SHIFT | WIRE_LEGACY_QUEUE_NOTIFY;
		KT_EXPECT_EQ(call(guest, request), of_vfio);
	}
}

KT_CASE(plain_vf_leaves_all_to_vfio)
{
	KT_REQUIRE(support::bring_up());
	Guest guest;
	KT_EXPECT_EQ(virtio_legacy_set_plain(guest.legacy(), true), 0);
	KT_REQUIRE(guest.open() == 0);
	answer_of_vfio(guest);
	KT_EXPECT_EQ(set_event(guest, 1, fake::make_event()), of_vfio);
}

GUEST_CASE(close_ends_all_registrations, guest.start())
{
	const int fd = add_event(guest, 1), other = add_event(guest, 2);

	guest.close();
	KT_EXPECT_EQ(fake::event_users(fd) + fake::event_users(other), 0);
	KT_REQUIRE(guest.start());
	KT_EXPECT_EQ(set_event(guest, 1, -1), to_errno(Error::no_device));
	KT_EXPECT_EQ(set_event(guest, 1, fd), 0);
}

GUEST_CASE(registration_that_is_overtaken_by_another_is_made, guest.start())
{
	static constinit Guest *vmm;
	static constinit int overtaking;

	vmm = &guest;
	overtaking = fake::make_event();
	const int fd = fake::make_event();
	fake::before_accounted_alloc([] { KT_EXPECT_EQ(set_event(*vmm, 2, overtaking), 0); });
	KT_EXPECT_EQ(set_event(guest, 1, fd), 0);
	fake::signal_event(fd);
	fake::signal_event(overtaking);
	fake::settle();
	KT_EXPECT_EQ(doorbells(guest), 2);
}

GUEST_CASE(first_registrations_at_the_same_time_are_all_made, guest.start())
{
	struct Call {
		Guest &guest;
		u32 queue;
		int fd;
	} calls[4] = {{guest, 0, fake::make_event()}, {guest, 1, fake::make_event()},
		      {guest, 2, fake::make_event()}, {guest, 3, fake::make_event()}};
	const auto add = [](void *context) {
		auto &self = *static_cast<Call *>(context);
		return static_cast<int>(set_event(self.guest, self.queue, self.fd));
	};
	{
		support::Caller callers[4];
		for (u32 i = 0; i < 4; i++)
			callers[i].call(add, &calls[i]);
		for (support::Caller &caller : callers)
			KT_EXPECT_EQ(caller.finish(), 0);
	}
	for (const Call &made : calls)
		fake::signal_event(made.fd);
	fake::settle();
	KT_EXPECT_EQ(doorbells(guest), 4);
}

GUEST_CASE(broken_function_resumed_by_the_call_gets_no_bus_mastering, guest.start())
{
	support::reset_in_vain(guest);
	fake::suspend(guest.vf(), true);
	guest.vf().on_resume = [](fake::Vf &vf) { kn_pci_set_master(&vf); };
	KT_EXPECT_EQ(set_event(guest, 1, fake::make_event()), 0);
	KT_EXPECT(guest.vf().on_resume == nullptr);
	KT_EXPECT(!fake::bus_master(guest.vf()));
}

KT_SUITE_END(member_doorbell_event_calls);
