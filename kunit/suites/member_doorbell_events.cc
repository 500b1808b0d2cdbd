// SPDX-License-Identifier: GPL-2.0-only
// Doorbells by eventfd: how a signal reaches the device, and what drops it.
#include "kunit/support/caller.hh"
#include "kunit/support/doorbell_event.hh"
#include "kunit/support/known.hh"

KT_SUITE(member_doorbell_events);

using base::u16;
using base::u32;
using support::add_event;
using support::doorbells;
using support::DoorbellPlace;
using support::Guest;
using support::set_event;
using support::start_at;

namespace {

constexpr DoorbellPlace places[] = {DoorbellPlace::none, DoorbellPlace::owner, DoorbellPlace::member};
constexpr u16 isr = WIRE_LEGACY_ISR;

/// Signals @fd and waits for what that may bring.
void signal(int fd)
{
	fake::signal_event(fd);
	fake::settle();
}

} // namespace

KT_CASE(signal_of_a_member_address_is_written_at_once)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::member));
	const int fd = add_event(*guest, 3);

	fake::forget_commands();
	fake::fail_next(fake::Call::pm_get); // a work would get nowhere
	fake::signal_event(fd);
	KT_EXPECT_EQ(guest->vf().doorbells_member, 1);
	KT_EXPECT_EQ(guest->vf().last_doorbell, 3);
	fake::settle();
	KT_EXPECT_EQ(doorbells(*guest), 1);
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_EXPECT_EQ(guest->view().doorbells[2], 1);
}

KT_CASE(signal_of_an_owner_address_is_written_at_once)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::owner));
	const int fd = add_event(*guest, 1);

	fake::forget_commands();
	fake::fail_next(fake::Call::pm_get); // a work would get nowhere
	fake::signal_event(fd);
	KT_EXPECT_EQ(guest->vf().doorbells_owner, 1);
	KT_EXPECT_EQ(guest->vf().last_doorbell, 1);
	fake::settle();
	KT_EXPECT_EQ(doorbells(*guest), 1);
	KT_EXPECT_EQ(fake::seen(), 0);
	KT_EXPECT_EQ(guest->view().doorbells[1], 1);
}

KT_CASE(signal_without_an_address_becomes_a_command)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::none));
	const int fd = add_event(*guest, 2);

	fake::forget_commands();
	signal(fd);
	KT_EXPECT_EQ(guest->vf().notified[2], 1);
	KT_EXPECT_EQ(doorbells(*guest), 1);
	KT_EXPECT_EQ(fake::seen(), 1);
	KT_EXPECT_EQ(guest->view().doorbells[0], 1);
	signal(fd);
	KT_EXPECT_EQ(guest->vf().notified[2], 2);
}

KT_CASE(signals_through_the_kernels_client_reach_the_device)
{
	for (const DoorbellPlace place : {DoorbellPlace::none, DoorbellPlace::member}) {
		KT_REQUIRE(fake::bring_up_client(1));
		support::offer_doorbell(place);
		Guest guest;
		KT_REQUIRE(guest.start());
		const int fd = add_event(guest, 1);
		signal(fd);
		KT_EXPECT_EQ(doorbells(guest), 1);
		guest.close();
		signal(fd);
		KT_EXPECT_EQ(doorbells(guest), 1);
	}
}

KT_CASE(every_queue_has_an_event_of_its_own)
{
	for (const DoorbellPlace place : places) {
		std::optional<Guest> guest;
		KT_REQUIRE(start_at(guest, place));
		const int first = add_event(*guest, 0), last = add_event(*guest, 3);
		const int beyond = add_event(*guest, 0xffff);
		signal(last);
		signal(first);
		KT_EXPECT_EQ(doorbells(*guest), 2);
		signal(beyond); // no queue of this device: as a write
		if (place != DoorbellPlace::none)
			KT_EXPECT_EQ(guest->vf().last_doorbell, 0xffff);
	}
}

KT_CASE(one_eventfd_for_two_queues_notifies_both)
{
	for (const DoorbellPlace place : places) {
		std::optional<Guest> guest;
		KT_REQUIRE(start_at(guest, place));
		const int fd = add_event(*guest, 1);
		KT_EXPECT_EQ(set_event(*guest, 2, fd), 0);
		signal(fd);
		KT_EXPECT_EQ(doorbells(*guest), 2);
		KT_EXPECT_EQ(set_event(*guest, 1, -1), 0);
		signal(fd);
		KT_EXPECT_EQ(doorbells(*guest), 3);
	}
}

KT_CASE(signal_before_the_registration_notifies_once)
{
	for (const DoorbellPlace place : places) {
		std::optional<Guest> guest;
		KT_REQUIRE(start_at(guest, place));
		const int fd = fake::make_event();
		fake::signal_event(fd);
		KT_EXPECT_EQ(set_event(*guest, 1, fd), 0);
		fake::settle();
		KT_EXPECT_EQ(doorbells(*guest), 1);
	}
}

KT_CASE(signal_without_io_decoding_is_dropped)
{
	for (const DoorbellPlace place : places) {
		std::optional<Guest> guest;
		KT_REQUIRE(start_at(guest, place));
		const int fd = add_event(*guest, 1);
		guest->set_config(WIRE_PCI_COMMAND, 2, 4);
		signal(fd);
		guest->set_config(WIRE_PCI_COMMAND, 2, 5);
		fake::settle();
		KT_EXPECT_EQ(doorbells(*guest), 0);
		signal(fd);
		KT_EXPECT_EQ(doorbells(*guest), 1);
	}
}

KT_CASE(signal_of_a_broken_function_is_dropped)
{
	for (const DoorbellPlace place : places) {
		std::optional<Guest> guest;
		KT_REQUIRE(start_at(guest, place));
		const int fd = add_event(*guest, 1);
		support::reset_in_vain(*guest);
		fake::forget_commands();
		signal(fd);
		KT_EXPECT_EQ(doorbells(*guest), 0);
		KT_EXPECT_EQ(fake::seen(), 0);
	}
}

KT_CASE(signal_after_the_reset_of_a_broken_function_asks_the_device)
{
	for (const DoorbellPlace place : places) {
		std::optional<Guest> guest;
		KT_REQUIRE(start_at(guest, place));
		const int fd = add_event(*guest, 1);
		support::reset_in_vain(*guest);
		guest->vf().status_reads_until_reset = 0;
		guest->function_reset();
		signal(fd);
		KT_EXPECT_EQ(doorbells(*guest), 1);
		KT_EXPECT(!guest->view().broken);
	}
}

KT_CASE(signal_under_a_function_reset_is_dropped)
{
	for (const DoorbellPlace place : places) {
		for (const bool by_vfio : {false, true}) {
			std::optional<Guest> guest;
			KT_REQUIRE(start_at(guest, place));
			const int fd = add_event(*guest, 1);
			fake::set_resetting(guest->vf(), by_vfio);
			virtio_legacy_reset_prepare(guest->legacy());
			signal(fd);
			virtio_legacy_reset_done(guest->legacy());
			fake::set_resetting(guest->vf(), false);
			fake::settle();
			KT_EXPECT_EQ(doorbells(*guest), 0);
			signal(fd);
			KT_EXPECT_EQ(doorbells(*guest), 1);
		}
	}
}

KT_CASE(signal_in_d3hot_is_dropped)
{
	for (const DoorbellPlace place : places) {
		std::optional<Guest> guest;
		KT_REQUIRE(start_at(guest, place));
		const int fd = add_event(*guest, 1);
		fake::set_d3(guest->vf(), true);
		signal(fd);
		fake::set_d3(guest->vf(), false);
		fake::settle();
		KT_EXPECT_EQ(doorbells(*guest), 0);
	}
}

KT_CASE(signal_without_memory_decoding_is_dropped)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::member));
	const int fd = add_event(*guest, 1);

	fake::set_memory_enabled(guest->vf(), false);
	signal(fd);
	fake::set_memory_enabled(guest->vf(), true);
	fake::settle();
	KT_EXPECT_EQ(doorbells(*guest), 0);
}

KT_CASE(signal_wakes_a_sleeping_function)
{
	for (const DoorbellPlace place : places) {
		for (const bool again : {false, true}) {
			std::optional<Guest> guest;
			KT_REQUIRE(start_at(guest, place));
			const int fd = add_event(*guest, 1);
			fake::suspend(guest->vf(), again);
			signal(fd);
			KT_EXPECT_EQ(doorbells(*guest), 1);
		}
	}
}

KT_CASE(signal_of_a_function_that_does_not_resume_is_dropped)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::member));
	const int fd = add_event(*guest, 1);

	fake::suspend(guest->vf());
	fake::fail_next(fake::Call::pm_get);
	signal(fd);
	KT_EXPECT_EQ(doorbells(*guest), 0);
	signal(fd);
	KT_EXPECT_EQ(doorbells(*guest), 1);
}

KT_CASE(owner_under_reset_drops_the_signal)
{
	std::optional<Guest> guest;
	KT_REQUIRE(start_at(guest, DoorbellPlace::owner));
	const int fd = add_event(*guest, 1);

	virtio_owner_freeze(fake::pf().owner);
	signal(fd);
	KT_EXPECT_EQ(doorbells(*guest), 0);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	signal(fd);
	KT_EXPECT_EQ(doorbells(*guest), 1);
}

KT_CASE(signal_ends_what_is_known_of_the_isr)
{
	for (const DoorbellPlace place : places) {
		KT_REQUIRE(support::bring_up());
		support::offer_doorbell(place);
		Guest guest;
		KT_REQUIRE(support::start_known(guest));
		const int fd = add_event(guest, 1);
		guest.out(WIRE_LEGACY_QUEUE_ADDRESS, 4, 1);
		KT_EXPECT_EQ(guest.in(isr, 1), 0);
		KT_EXPECT_EQ(guest.in(isr, 1), 0);
		if (place == DoorbellPlace::none)
			signal(fd);
		else
			fake::signal_event(fd);
		guest.vf().isr = 1;
		KT_EXPECT_EQ(guest.in(isr, 1), 1);
	}
}

KT_SUITE_END(member_doorbell_events);
