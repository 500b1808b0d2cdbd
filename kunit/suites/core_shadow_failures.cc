// SPDX-License-Identifier: GPL-2.0-only
// Commands that fail: nothing goes to another queue, and nothing is believed.
#include "kunit/support/model_device.hh"

KT_SUITE(core_shadow_failures);

using base::Error;
using base::u16;
using base::u32;
using base::usize;
using support::ModelGuest;
using namespace support::at;

namespace {

constexpr Error failures[] = {Error::timed_out, Error::interrupted, Error::no_such_address,
			      Error::io};

void start(ModelGuest &guest)
{
	guest.out(status, 1, 0);
	guest.out(driver_features, 4, guest.in(features, 4));
	guest.set_msix(true);
	guest.out(config_vector, 2, 3);
	for (u16 queue = 0; queue < 2; queue++) {
		guest.out(select, 2, queue);
		(void)guest.in(size, 2);
		guest.out(address, 4, 0x100u + queue);
		guest.out(queue_vector, 2, queue);
	}
	(void)guest.commands();
}

} // namespace

KT_CASE(no_write_behind_a_selection_that_failed)
{
	for (const Error error : failures) {
		ModelGuest guest{true};

		start(guest); // the device is at 1
		guest.out(select, 2, 0);
		guest.device.fail_after(0, error);
		guest.out(address, 4, 0x900);
		KT_EXPECT_EQ(guest.outcome().error(), error);
		KT_EXPECT_EQ(guest.device.queues[1].address, 0x101);
		// The guest's selection is still the one that counts.
		guest.out(address, 4, 0x901);
		KT_EXPECT_EQ(guest.device.queues[0].address, 0x901);
		KT_EXPECT_EQ(guest.device.queues[1].address, 0x101);
	}
}

KT_CASE(no_vector_behind_a_selection_that_failed)
{
	ModelGuest guest{true};

	start(guest);
	guest.out(select, 2, 0);
	guest.device.fail_after(0, Error::timed_out);
	guest.out(queue_vector, 2, 7);
	KT_EXPECT_EQ(guest.device.queues[1].vector, 1);
	guest.out(queue_vector, 2, 7);
	KT_EXPECT_EQ(guest.device.queues[0].vector, 7);
}

KT_CASE(no_read_of_another_queue)
{
	ModelGuest guest{true};

	start(guest);
	guest.out(status, 1, 0);
	guest.out(select, 2, 2);
	guest.device.fail_after(0, Error::timed_out);
	(void)guest.in(size, 2);
	KT_EXPECT_EQ(guest.outcome().error(), Error::timed_out);
	KT_EXPECT_EQ(guest.in(size, 2), 64);
}

KT_CASE(a_selection_that_must_go_ahead_and_fails)
{
	ModelGuest guest{true};

	start(guest);
	guest.out(select, 2, 2); // not known to be there
	guest.device.fail_after(0, Error::timed_out);
	guest.out(select, 2, 3); // which sends 2 ahead
	KT_EXPECT_EQ(guest.in(select, 2), 3);
}

KT_CASE(a_selection_that_was_refused_and_taken)
{
	ModelGuest guest{true};

	start(guest); // the device is at 1
	guest.out(select, 2, 0);
	guest.device.fail_after(0, Error::invalid, true);
	guest.out(address, 4, 0x900);
	guest.out(select, 2, 1);
	guest.out(address, 4, 0x901);
	KT_EXPECT_EQ(guest.device.queues[1].address, 0x901);

	guest.out(driver_features, 4, 0); // sizes are to be read
	guest.out(select, 2, 0);
	guest.device.fail_after(0, Error::invalid, true);
	(void)guest.in(size, 2);
	guest.out(select, 2, 1);
	guest.out(address, 4, 0x902);
	KT_EXPECT_EQ(guest.device.queues[1].address, 0x902);
	KT_EXPECT_EQ(guest.device.queues[0].address, 0x100);
}

KT_CASE(after_a_failure_nothing_is_known)
{
	for (const Error error : failures) {
		ModelGuest guest{true};

		start(guest);
		guest.device.fail_after(0, error, true); // executed all the same
		guest.out(driver_features, 4, 5);
		guest.device.status = 1;
		guest.device.features = 0x77;
		guest.device.sizes[1] = 32;
		guest.device.queues[1] = {.address = 0x55, .vector = 6};
		guest.device.config_vector = 8;
		KT_EXPECT_EQ(guest.in(status), 1);
		KT_EXPECT_EQ(guest.in(features, 4), 0x77);
		KT_EXPECT_EQ(guest.in(driver_features, 4), 5);
		KT_EXPECT_EQ(guest.in(size, 2), 32);
		KT_EXPECT_EQ(guest.in(address, 4), 0x55);
		KT_EXPECT_EQ(guest.in(queue_vector, 2), 6);
		KT_EXPECT_EQ(guest.in(config_vector, 2), 8);
		guest.device.isr = 1;
		KT_EXPECT_EQ(guest.in(isr), 1);
	}
}

KT_CASE(a_write_that_failed_is_not_believed)
{
	const struct {
		u16 offset;
		kt::u8 width;
		u32 value;
	} writes[] = {
		{driver_features, 4, 0x3}, {address, 4, 0x700},	   {status, 1, 3},
		{config_vector, 2, 4},	   {queue_vector, 2, 5},
	};

	for (const auto &write : writes)
		for (const bool executed : {false, true}) {
			ModelGuest ours{true}, all{false};
			for (ModelGuest *guest : {&ours, &all}) {
				start(*guest);
				guest->device.fail_after(0, Error::invalid, executed);
				guest->out(write.offset, write.width, write.value);
			}
			KT_EXPECT_EQ(ours.in(write.offset, write.width),
				     all.in(write.offset, write.width));
		}
}

KT_CASE(vector_that_the_device_refuses_hides_no_register)
{
	ModelGuest guest{true};

	start(guest);
	guest.device.fail_after(0, Error::invalid);
	guest.out(config_vector, 2, 9);
	KT_EXPECT_EQ(guest.outcome().error(), Error::invalid);
	KT_EXPECT_EQ(guest.in(config_vector, 2), 3);
	guest.out(config_vector, 2, 4);
	KT_EXPECT_EQ(guest.device.config_vector, 4);
}

KT_CASE(selection_that_the_device_refuses_hides_no_vector)
{
	ModelGuest guest{true};

	start(guest);
	guest.device.function_reset();
	guest.device.queues[0].vector = 7;
	guest.out(select, 2, 0);
	guest.device.fail_after(0, Error::invalid);
	(void)guest.in(queue_vector, 2);
	KT_EXPECT_EQ(guest.outcome().error(), Error::invalid);
	KT_EXPECT_EQ(guest.in(queue_vector, 2), 7);
}

KT_CASE(vectors_that_the_device_lacks_are_asked_for_once)
{
	const struct {
		const char *name;
		void (*event)(ModelGuest &);
	} events[] = {
		{"MSI-X",
		 [](ModelGuest &guest) {
			 guest.set_msix(false);
			 guest.set_msix(true);
		 }},
		{"MSI-X again", [](ModelGuest &guest) { guest.restore_vectors(); }},
		{"reset", [](ModelGuest &guest) { guest.out(status, 1, 0); }},
		{"function reset", [](ModelGuest &guest) { guest.device.function_reset(); }},
		{"owner reset", [](ModelGuest &guest) { guest.device.owner_reset(); }},
		{"command that failed",
		 [](ModelGuest &guest) {
			 guest.device.fail_after(0, Error::timed_out);
			 guest.out(driver_features, 4, 1);
		 }},
	};

	for (const auto &event : events) {
		ModelGuest guest{true};

		guest.set_msix(true);
		guest.out(select, 2, 1);
		guest.device.lacks_vectors = true;
		(void)guest.in(config_vector, 2);
		(void)guest.commands();
		for (unsigned i = 0; i < 10; i++) {
			(void)guest.in(config_vector, 2);
			KT_EXPECT_EQ(guest.outcome().error(), Error::invalid);
			(void)guest.in(queue_vector, 2);
			KT_EXPECT_EQ(guest.outcome().error(), Error::invalid);
			guest.out(config_vector, 2, 1);
			KT_EXPECT_EQ(guest.outcome().error(), Error::invalid);
		}
		kt_expect(guest.commands() == 0, event.name, __FILE__, __LINE__);
		guest.device.lacks_vectors = false;
		event.event(guest);
		guest.out(config_vector, 2, 5);
		kt_expect(guest.in(config_vector, 2) == 5, event.name, __FILE__, __LINE__);
		kt_expect(guest.device.config_vector == 5, event.name, __FILE__, __LINE__);
	}
}

KT_CASE(a_read_back_that_fails_is_not_the_writes_failure)
{
	ModelGuest guest{true};

	start(guest);
	guest.device.fail_after(1, Error::timed_out);
	guest.out(config_vector, 2, 4);
	KT_EXPECT(guest.outcome().ok());
	KT_EXPECT_EQ(guest.in(config_vector, 2), 4);
}

KT_CASE(a_reset_that_fails)
{
	for (const usize successes : {usize{0}, usize{1}}) {
		ModelGuest guest{true};

		start(guest);
		guest.device.fail_after(successes, Error::timed_out);
		guest.out(status, 1, 0);
		KT_EXPECT_EQ(guest.outcome().error(), Error::timed_out);
		guest.device.status = 3;
		KT_EXPECT_EQ(guest.in(status), 3);
		guest.out(select, 2, 0);
		guest.device.queues[0].address = 0x44;
		KT_EXPECT_EQ(guest.in(address, 4), 0x44);
	}
}

KT_CASE(a_reset_that_is_refused)
{
	ModelGuest guest{true};

	start(guest);
	guest.out(status, 1, 3);
	guest.device.fail_after(0, Error::invalid, true);
	guest.out(status, 1, 0);
	KT_EXPECT_EQ(guest.in(status), 0);
	KT_EXPECT_EQ(guest.in(driver_features, 4), 0);
}

KT_CASE(a_reset_that_is_not_seen_to_end)
{
	ModelGuest guest{true};

	start(guest);
	guest.out(status, 1, 7);
	guest.device.looks_until_reset = 9;
	guest.device.fail_after(3, Error::invalid);
	guest.out(status, 1, 0);
	KT_EXPECT_EQ(guest.in(status), guest.device.status);
	KT_EXPECT_EQ(guest.in(driver_features, 4), guest.device.driver_features);
	KT_EXPECT(guest.device.driver_features != 0);
}

KT_CASE(a_snapshot_that_fails)
{
	ModelGuest guest{true};

	start(guest);
	guest.device.fail_after(0, Error::timed_out);
	(void)guest.in(24);
	KT_EXPECT_EQ(guest.outcome().error(), Error::timed_out);
	KT_EXPECT_EQ(guest.in(24), 0x80);
}

KT_SUITE_END(core_shadow_failures);
