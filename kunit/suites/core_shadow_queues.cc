// SPDX-License-Identifier: GPL-2.0-only
// Rules for the registers of queues where they must not be used: what the guest reads, and what
// the device gets, is what a command for every access would have done.
#include "kunit/support/model_device.hh"

KT_SUITE(core_shadow_queues);

using base::u16;
using base::u32;
using base::u8;
using support::ModelGuest;
using namespace support::at;

// --- sizes -----------------------------------------------------------------------

KT_CASE(sizes_go_with_the_features_that_were_accepted)
{
	ModelGuest guest{true};

	guest.device.third_queue_needs = 0x20;
	guest.start();
	guest.out(select, 2, 2);
	KT_EXPECT_EQ(guest.in(size, 2), 64);
	guest.out(status, 1, 0);
	guest.out(driver_features, 4, 0x10000000); // without
	guest.out(select, 2, 2);
	KT_EXPECT_EQ(guest.in(size, 2), 0);
	guest.out(driver_features, 4, 0x20);
	KT_EXPECT_EQ(guest.in(size, 2), 64);
}

KT_CASE(narrow_write_of_features_is_key_to_sizes)
{
	ModelGuest guest{true};

	guest.device.third_queue_needs = 0x20;
	guest.start();
	guest.out(select, 2, 2);
	KT_EXPECT_EQ(guest.in(size, 2), 64);
	guest.out(driver_features, 1, 0);
	KT_EXPECT_EQ(guest.in(size, 2), 0);
	guest.out(driver_features, 1, 0x20);
	(void)guest.commands();
	KT_EXPECT_EQ(guest.in(size, 2), 64);
	KT_EXPECT_EQ(guest.commands(), 1);
	KT_EXPECT_EQ(guest.in(size, 2), 64);
	KT_EXPECT_EQ(guest.commands(), 0);
}

KT_CASE(sizes_do_not_outlive_a_function_reset)
{
	ModelGuest guest{true};

	guest.start();
	guest.out(select, 2, 0);
	KT_EXPECT_EQ(guest.in(size, 2), 256);
	guest.device.sizes[0] = 128;
	guest.device.function_reset();
	guest.start();
	guest.out(select, 2, 0);
	KT_EXPECT_EQ(guest.in(size, 2), 128);
}

KT_CASE(nothing_is_known_before_a_reset)
{
	ModelGuest guest{true};

	// As the last one left it.
	guest.device.status = 7;
	guest.device.isr = 1;
	guest.device.driver_features = 5;
	guest.device.queues[0] = {.address = 9, .vector = 2};
	guest.set_msix(true);
	guest.device.config_vector = 3;
	KT_EXPECT_EQ(guest.in(status), 7);
	KT_EXPECT_EQ(guest.in(isr), 1);
	KT_EXPECT_EQ(guest.in(driver_features, 4), 5);
	KT_EXPECT_EQ(guest.in(address, 4), 9);
	KT_EXPECT_EQ(guest.in(queue_vector, 2), 2);
	KT_EXPECT_EQ(guest.in(config_vector, 2), 3);
	guest.out(select, 2, 0);
	guest.out(address, 4, 0);
	KT_EXPECT_EQ(guest.device.queues[0].address, 0);
	guest.out(config_vector, 2, WIRE_NO_VECTOR);
	KT_EXPECT_EQ(guest.device.config_vector, WIRE_NO_VECTOR);
}

// --- the selector ------------------------------------------------------------------

KT_CASE(a_selection_waits_for_its_use)
{
	ModelGuest guest{true};

	guest.start();
	guest.set_up_queue(0, 0x100);
	KT_EXPECT_EQ(guest.commands(), 3);
	guest.out(select, 2, 1);
	KT_EXPECT_EQ(guest.device.select, 0);
	KT_EXPECT_EQ(guest.in(select, 2), 1);
	KT_EXPECT_EQ(guest.device.select, 1);
	guest.out(select, 2, 0);
	guest.out(select, 2, 1);
	(void)guest.commands();
	KT_EXPECT_EQ(guest.in(address, 4), 0);
	KT_EXPECT_EQ(guest.commands(), 0); // back where the device still is
}

KT_CASE(a_device_may_ignore_a_selection)
{
	ModelGuest ours{true}, all{false};

	for (ModelGuest *guest : {&ours, &all}) {
		guest->device.selection_limit = 9;
		guest->start();
		guest->set_up_queue(0, 0x100);
		guest->out(select, 2, 1);
		guest->out(select, 2, 9); // is not there: the device stays with 1
		guest->out(address, 4, 0x200);
		KT_EXPECT_EQ(guest->device.queues[0].address, 0x100);
		KT_EXPECT_EQ(guest->device.queues[1].address, 0x200);
		KT_EXPECT_EQ(guest->in(select, 2), 1);
	}
}

KT_CASE(queue_seen_before_a_function_reset_may_be_ignored_after_it)
{
	ModelGuest ours{true}, all{false};

	for (ModelGuest *guest : {&ours, &all}) {
		guest->start();
		guest->out(select, 2, 2);
		KT_EXPECT_EQ(guest->in(size, 2), 64);
		guest->device.function_reset();
		guest->device.selection_limit = 2; // it has two queues now
		guest->start();
		guest->out(select, 2, 1);
		guest->out(select, 2, 2);
		guest->out(address, 4, 0x200);
		KT_EXPECT_EQ(guest->device.queues[0].address, 0);
		KT_EXPECT_EQ(guest->device.queues[1].address, 0x200);
	}
}

KT_CASE(queues_beyond_the_tracked_ones)
{
	ModelGuest guest{true};

	guest.start();
	for (const u32 queue : {32u, 1023u, 1024u, 0xffffu}) {
		guest.out(select, 2, queue);
		KT_EXPECT_EQ(guest.in(size, 2), 0);
		guest.out(address, 4, 0x300);
		KT_EXPECT_EQ(guest.in(address, 4), 0);
		KT_EXPECT_EQ(guest.in(select, 2), queue);
	}
	KT_EXPECT_EQ(guest.device.queues[0].address, 0);
}

KT_CASE(narrow_and_wide_selections_are_whole_ones)
{
	ModelGuest guest{true};

	guest.start();
	guest.set_up_queue(1, 0x100);
	guest.out(select, 2, 0x0100);
	guest.out(select, 1, 2);
	guest.out(address, 4, 0x200);
	KT_EXPECT_EQ(guest.device.queues[2].address, 0x200);
	guest.out(select, 4, 0xffff0001);
	guest.out(address, 4, 0x300);
	KT_EXPECT_EQ(guest.device.queues[1].address, 0x300);
	KT_EXPECT_EQ(guest.device.queues[2].address, 0x200);
	guest.out(select + 1, 1, 0); // in the middle of the register
	KT_EXPECT_EQ(guest.in(select, 2), 1);
}

KT_CASE(a_reset_undoes_the_selection)
{
	ModelGuest guest{true};

	guest.start();
	guest.set_up_queue(0, 0x100);
	guest.out(select, 2, 1);
	guest.out(status, 1, 0);
	guest.out(driver_features, 4, 1);
	guest.out(address, 4, 0x200); // without a selection of its own
	KT_EXPECT_EQ(guest.device.queues[0].address, 0x200);
	KT_EXPECT_EQ(guest.in(address, 4), 0x200);
	KT_EXPECT_EQ(guest.in(select, 2), 0);
}

KT_CASE(a_selection_outlives_a_reset_of_the_owners_queue)
{
	for (const bool told : {false, true}) {
		ModelGuest guest{true};

		guest.start();
		guest.set_up_queue(0, 0x100);
		guest.out(select, 2, 1);
		if (told)
			(void)guest.in(size, 2);
		guest.device.owner_reset();
		guest.out(address, 4, 0x200);
		KT_EXPECT_EQ(guest.device.queues[0].address, 0x100);
		KT_EXPECT_EQ(guest.device.queues[1].address, 0x200);
	}
}

KT_CASE(a_selection_does_not_outlive_a_function_reset)
{
	ModelGuest guest{true};

	guest.start();
	guest.out(select, 2, 1);
	guest.device.function_reset();
	KT_EXPECT_EQ(guest.in(select, 2), 0);
	guest.out(address, 4, 0x200);
	KT_EXPECT_EQ(guest.device.queues[0].address, 0x200);
}

KT_CASE(a_selection_does_not_outlive_d3hot)
{
	ModelGuest guest{true};

	guest.start();
	guest.set_up_queue(1, 0x100);
	guest.sleep();
	KT_EXPECT_EQ(guest.in(status), 0);
	guest.out(select, 2, 1);
	guest.out(address, 4, 0x200);
	KT_EXPECT_EQ(guest.device.queues[0].address, 0);
	KT_EXPECT_EQ(guest.device.queues[1].address, 0x200);
}

// --- addresses ---------------------------------------------------------------------

KT_CASE(an_address_of_a_queue_that_is_not_there)
{
	ModelGuest guest{true};

	guest.start();
	guest.set_up_queue(3, 0x400);
	KT_EXPECT_EQ(guest.in(address, 4), 0);
	guest.out(select, 2, 1); // its size was not read
	guest.out(address, 4, 0x500);
	KT_EXPECT_EQ(guest.in(address, 4), 0x500);
}

KT_CASE(address_zero_may_reset_the_device)
{
	ModelGuest guest{true};

	guest.device.zero_address_resets = true;
	guest.start(true);
	guest.set_up_queue(0, 0x100);
	guest.out(config_vector, 2, 1);
	guest.out(select, 2, 1);
	guest.out(address, 4, 0); // queue 1 is at 0 already, but queue 0 is not
	KT_EXPECT_EQ(guest.in(status), 0);
	KT_EXPECT_EQ(guest.in(driver_features, 4), 0);
	KT_EXPECT_EQ(guest.in(config_vector, 2), WIRE_NO_VECTOR);
	guest.out(select, 2, 0);
	KT_EXPECT_EQ(guest.in(address, 4), 0);
}

KT_CASE(a_queue_that_was_on_is_switched_off)
{
	ModelGuest guest{true};

	guest.start();
	guest.set_up_queue(0, 0x100);
	guest.out(address, 4, 0);
	KT_EXPECT_EQ(guest.device.queues[0].address, 0);
	KT_EXPECT_EQ(guest.in(address, 4), 0);
}

KT_CASE(a_queue_that_may_be_on_is_switched_off)
{
	const struct {
		const char *name;
		void (*event)(ModelGuest &);
	} events[] = {
		{"a function reset", [](ModelGuest &guest) { guest.device.function_reset(); }},
		{"a failure",
		 [](ModelGuest &guest) {
			 guest.device.fail_after(0, base::Error::timed_out);
			 (void)guest.in(features, 4);
		 }},
		{"a write of the configuration",
		 [](ModelGuest &guest) { guest.out(guest.config(), 1, 1); }},
		{"a write", [](ModelGuest &guest) { guest.out(status, 1, 1); }},
	};

	for (const auto &event : events) {
		ModelGuest guest{true};

		guest.out(status, 1, 0);
		guest.out(select, 2, 0);
		event.event(guest);
		guest.device.queues[0].address = 0x66; // somebody else's
		guest.out(select, 2, 0);
		guest.out(address, 4, 0);
		kt_expect(guest.device.queues[0].address == 0, event.name, __FILE__, __LINE__);
	}
}

KT_CASE(narrow_address_is_a_whole_one)
{
	ModelGuest guest{true};

	guest.start();
	guest.set_up_queue(1, 0x11223344);
	guest.out(address, 2, 0x5544);
	KT_EXPECT_EQ(guest.device.queues[1].address, 0x5544);
	(void)guest.commands();
	KT_EXPECT_EQ(guest.in(address, 4), 0x5544);
	KT_EXPECT_EQ(guest.in(address, 1), 0x44);
	KT_EXPECT_EQ(guest.commands(), 0);
	guest.out(address + 2, 2, 0x1122); // in the middle of the register
	KT_EXPECT_EQ(guest.device.queues[1].address, 0x5544);
}

// --- vectors -------------------------------------------------------------------------

KT_CASE(a_mapping_that_fails)
{
	ModelGuest guest{true};

	guest.start(true);
	guest.device.maps_nothing = true;
	guest.out(config_vector, 2, 1);
	KT_EXPECT_EQ(guest.in(config_vector, 2), WIRE_NO_VECTOR);
	guest.out(select, 2, 0);
	guest.out(queue_vector, 2, 1);
	KT_EXPECT_EQ(guest.in(queue_vector, 2), WIRE_NO_VECTOR);
}

KT_CASE(each_queue_has_its_vector)
{
	ModelGuest guest{true};

	guest.start(true);
	for (const u16 queue : {u16{0}, u16{1}}) {
		guest.out(select, 2, queue);
		guest.out(queue_vector, 2, 5u + queue);
	}
	for (const u16 queue : {u16{0}, u16{1}}) {
		guest.out(select, 2, queue);
		KT_EXPECT_EQ(guest.in(queue_vector, 2), 5u + queue);
		KT_EXPECT_EQ(guest.device.queues[queue].vector, 5u + queue);
	}
}

KT_CASE(what_is_mapped_is_unmapped)
{
	ModelGuest guest{true};

	guest.start(true);
	guest.out(config_vector, 2, 0);
	guest.out(select, 2, 0);
	guest.out(queue_vector, 2, 1);
	guest.out(config_vector, 2, WIRE_NO_VECTOR);
	guest.out(queue_vector, 2, WIRE_NO_VECTOR);
	KT_EXPECT_EQ(guest.device.config_vector, WIRE_NO_VECTOR);
	KT_EXPECT_EQ(guest.device.queues[0].vector, WIRE_NO_VECTOR);
	(void)guest.commands();
	guest.out(config_vector, 2, WIRE_NO_VECTOR);
	guest.out(queue_vector, 2, WIRE_NO_VECTOR);
	KT_EXPECT_EQ(guest.commands(), 0);
}

KT_CASE(vectors_may_change_with_msix)
{
	ModelGuest guest{true};

	guest.start(true);
	guest.out(config_vector, 2, 1);
	guest.out(select, 2, 0);
	guest.out(queue_vector, 2, 2);
	guest.set_msix(false);
	(void)guest.in(status);
	guest.device.config_vector = 3;
	guest.device.queues[0].vector = 4;
	guest.set_msix(true);
	KT_EXPECT_EQ(guest.in(config_vector, 2), 3);
	KT_EXPECT_EQ(guest.in(queue_vector, 2), 4);
}

KT_CASE(vectors_may_change_though_msix_is_on_again)
{
	ModelGuest guest{true};

	guest.start(true);
	guest.out(config_vector, 2, 1);
	guest.out(select, 2, 0);
	guest.out(queue_vector, 2, 2);
	guest.set_msix(false);
	guest.device.config_vector = WIRE_NO_VECTOR;
	guest.device.queues[0].vector = WIRE_NO_VECTOR;
	guest.set_msix(true);
	KT_EXPECT_EQ(guest.in(config_vector, 2), WIRE_NO_VECTOR);
	KT_EXPECT_EQ(guest.in(queue_vector, 2), WIRE_NO_VECTOR);
}

KT_CASE(unmapped_without_msix_is_not_known_with_it)
{
	ModelGuest guest{true};

	guest.set_msix(true);
	guest.out(status, 1, 0);
	guest.set_msix(false);
	(void)guest.in(status);
	guest.device.config_vector = 3;
	guest.device.queues[0].vector = 4;
	guest.set_msix(true);
	guest.out(config_vector, 2, WIRE_NO_VECTOR);
	guest.out(select, 2, 0);
	guest.out(queue_vector, 2, WIRE_NO_VECTOR);
	KT_EXPECT_EQ(guest.device.config_vector, WIRE_NO_VECTOR);
	KT_EXPECT_EQ(guest.device.queues[0].vector, WIRE_NO_VECTOR);
}

KT_SUITE_END(core_shadow_queues);
