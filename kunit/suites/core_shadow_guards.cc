// SPDX-License-Identifier: GPL-2.0-only
// Rules of core::Shadow where they must not be used: what the guest reads, and what
// the device gets, is what a command for every access would have done.
#include "kunit/support/model_device.hh"

KT_SUITE(core_shadow_guards);

using base::u16;
using base::u32;
using base::u8;
using support::ModelGuest;
using namespace support::at;

// --- features of the device ------------------------------------------------------

KT_CASE(features_outlive_the_guests_reset)
{
	ModelGuest guest{true};

	guest.start();
	guest.out(status, 1, 0);
	(void)guest.commands();
	KT_EXPECT_EQ(guest.in(features, 4), guest.device.features);
	KT_EXPECT_EQ(guest.in(features + 1, 2), guest.device.features >> 8 & 0xffff);
	KT_EXPECT_EQ(guest.commands(), 0);
}

KT_CASE(features_do_not_outlive_the_functions)
{
	ModelGuest guest{true};

	guest.start();
	guest.device.features = 0x77;
	guest.device.function_reset();
	KT_EXPECT_EQ(guest.in(features, 4), 0x77);
}

KT_CASE(features_may_follow_the_configuration)
{
	ModelGuest guest{true};

	guest.start();
	guest.device.features = 0x77;
	guest.out(guest.config(), 1, 1);
	KT_EXPECT_EQ(guest.in(features, 4), 0x77);
}

KT_CASE(narrow_read_of_the_features_is_enough_for_all)
{
	ModelGuest guest{true};

	KT_EXPECT_EQ(guest.in(features, 1), guest.device.features & 0xff);
	KT_EXPECT_EQ(guest.in(features, 2), guest.device.features & 0xffff);
	KT_EXPECT_EQ(guest.in(features, 4), guest.device.features);
	KT_EXPECT_EQ(guest.commands(), 1);
}

// --- features of the driver ------------------------------------------------------

KT_CASE(a_device_may_not_take_all_features)
{
	ModelGuest guest{true};

	guest.start();
	guest.device.accepted_bits = 0xff;
	guest.out(driver_features, 4, 0x12345678);
	KT_EXPECT_EQ(guest.in(driver_features, 4), 0x78);
	KT_EXPECT_EQ(guest.in(driver_features, 4), 0x78);
	KT_EXPECT_EQ(guest.commands(), 2); // read back once
	guest.out(driver_features, 4, 0x11);
	KT_EXPECT_EQ(guest.in(driver_features, 4), 0x11);
	guest.out(status, 1, 0);
	KT_EXPECT_EQ(guest.in(driver_features, 4), 0);
}

KT_CASE(narrow_write_of_the_features_is_a_whole_one)
{
	ModelGuest guest{true};

	guest.start();
	guest.out(driver_features, 2, 0xabcd);
	KT_EXPECT_EQ(guest.in(driver_features, 4), 0xabcd);
	KT_EXPECT_EQ(guest.device.driver_features, 0xabcd);
}

// --- status ------------------------------------------------------------------------

KT_CASE(errors_of_the_device_are_seen_from_driver_ok_on)
{
	ModelGuest guest{true};

	guest.start();
	KT_EXPECT_EQ(guest.in(status), 3);
	KT_EXPECT_EQ(guest.commands(), 0);
	guest.out(status, 1, 7);
	guest.device.status |= WIRE_STATUS_NEEDS_RESET;
	KT_EXPECT_EQ(guest.in(status), 0x47);
	guest.device.status &= 0x3f;
	KT_EXPECT_EQ(guest.in(status), 7);
}

KT_CASE(a_status_that_the_device_may_refuse)
{
	ModelGuest guest{true};

	guest.start();
	guest.out(status, 1, 3 | WIRE_STATUS_FEATURES_OK);
	guest.device.status = 3;
	KT_EXPECT_EQ(guest.in(status), 3);
}

KT_CASE(a_reset_that_takes_its_time)
{
	ModelGuest guest{true};

	guest.start();
	guest.out(status, 1, 7);
	guest.device.looks_until_reset = 5;
	guest.out(status, 1, 0);
	KT_EXPECT_EQ(guest.device.looks_until_reset, 0); // and not before the OUT was over
	KT_EXPECT_EQ(guest.device.driver_features, 0);
	KT_EXPECT_EQ(guest.in(status), 0);
}

// --- ISR status ----------------------------------------------------------------------

KT_CASE(the_isr_is_silent_until_there_is_a_queue)
{
	ModelGuest guest{true};

	guest.start();
	KT_EXPECT_EQ(guest.in(isr), 0);
	KT_EXPECT_EQ(guest.commands(), 0);
	guest.set_up_queue(0, 0x100);
	guest.device.isr = 1;
	KT_EXPECT_EQ(guest.in(isr), 1);
}

KT_CASE(the_silence_ends_with_the_functions_reset)
{
	ModelGuest guest{true};

	guest.start();
	guest.device.function_reset();
	guest.device.isr = 2;
	KT_EXPECT_EQ(guest.in(isr), 2);
}

KT_CASE(the_isr_speaks_from_driver_ok_on)
{
	ModelGuest guest{true};

	guest.start();
	guest.out(status, 1, 7);
	guest.device.isr = 2;
	KT_EXPECT_EQ(guest.in(isr), 2);
}

KT_CASE(an_isr_bit_is_late_at_most_by_the_window)
{
	ModelGuest guest{true};

	guest.start();
	guest.set_up_queue(0, 0x100);
	KT_EXPECT_EQ(guest.in(isr), 0);
	guest.device.isr = 1;
	KT_EXPECT_EQ(guest.in(isr), 0);
	guest.device.time_us += core::isr_window_us - 1;
	KT_EXPECT_EQ(guest.in(isr), 0);
	guest.device.time_us++;
	KT_EXPECT_EQ(guest.in(isr), 1);
	KT_EXPECT_EQ(guest.device.isr, 0);
}

KT_CASE(a_notification_ends_the_window)
{
	ModelGuest guest{true};

	guest.start();
	guest.set_up_queue(0, 0x100);
	KT_EXPECT_EQ(guest.in(isr), 0);
	guest.notify();
	guest.device.isr = 1;
	KT_EXPECT_EQ(guest.in(isr), 1);
}

KT_CASE(with_msix_every_read_of_the_isr_counts)
{
	ModelGuest guest{true};

	guest.start(true);
	guest.set_up_queue(0, 0x100);
	KT_EXPECT_EQ(guest.in(isr), 0);
	guest.device.isr = 2;
	KT_EXPECT_EQ(guest.in(isr), 2);
	guest.set_msix(false);
	guest.device.isr = 1;
	KT_EXPECT_EQ(guest.in(isr), 1);
	guest.set_msix(true); // a window is no longer one
	guest.device.isr = 2;
	KT_EXPECT_EQ(guest.in(isr), 2);
}

// --- device configuration --------------------------------------------------------------

KT_CASE(bytes_of_one_field_are_of_one_moment)
{
	ModelGuest guest{true};

	guest.start();
	KT_EXPECT_EQ(guest.in(20), 0x80);
	for (u8 &byte : guest.device.config)
		byte = 0x11;
	for (u16 i = 1; i < 6; i++)
		KT_EXPECT_EQ(guest.in(static_cast<u16>(20 + i)), 0x80 + i);
	KT_EXPECT_EQ(guest.commands(), 1);
	KT_EXPECT_EQ(guest.in(20), 0x11); // the next time it is new
}

KT_CASE(a_byte_read_again_is_read_anew)
{
	ModelGuest guest{true};

	guest.start();
	KT_EXPECT_EQ(guest.in(26), 0x86); // link status
	guest.device.config[6] = 1;
	guest.device.config[7] = 2;
	KT_EXPECT_EQ(guest.in(26), 1);
	KT_EXPECT_EQ(guest.in(27), 2);
}

KT_CASE(what_ends_a_snapshot)
{
	const struct {
		const char *name;
		void (*event)(ModelGuest &);
	} events[] = {
		{"a read elsewhere", [](ModelGuest &guest) { (void)guest.in(0, 4); }},
		{"a read of another field", [](ModelGuest &guest) { (void)guest.in(28); }},
		{"a read of all of it", [](ModelGuest &guest) { (void)guest.in(26, 2); }},
		{"a write", [](ModelGuest &guest) { guest.out(driver_features, 4, 0); }},
		{"a write that is elided", [](ModelGuest &guest) { guest.out(select, 2, 0); }},
		{"a write of it", [](ModelGuest &guest) { guest.out(28, 1, 0); }},
		{"a notification", [](ModelGuest &guest) { guest.notify(); }},
		{"a reset", [](ModelGuest &guest) { guest.out(status, 1, 0); }},
		{"a function reset", [](ModelGuest &guest) { guest.device.function_reset(); }},
		{"MSI-X",
		 [](ModelGuest &guest) {
			 guest.set_msix(true);
			 (void)guest.in(status);
			 guest.set_msix(false);
		 }},
		{"age",
		 [](ModelGuest &guest) {
			 guest.device.time_us += core::snapshot_lifetime_us + 1;
		 }},
	};

	for (const auto &event : events) {
		ModelGuest guest{true};

		guest.start();
		KT_EXPECT_EQ(guest.in(26), 0x86);
		guest.device.config[7] = 0x55;
		event.event(guest);
		kt_expect(guest.in(27) == 0x55, event.name, __FILE__, __LINE__);
	}
}

KT_CASE(thread_preempted_after_a_config_read_gives_the_devices_byte)
{
	ModelGuest guest{true};

	guest.start();
	guest.device.step_us = core::snapshot_lifetime_us + 1;
	for (u16 i = 0; i < 8; i++)
		KT_EXPECT_EQ(guest.in(static_cast<u16>(20 + i)), guest.device.config[i]);
}

KT_CASE(a_configuration_that_ends_in_a_field)
{
	ModelGuest guest{true};

	guest.device.config_length = 3; // of the mac's 6
	guest.start();
	for (u16 i = 0; i < 3; i++) {
		KT_EXPECT_EQ(guest.in(static_cast<u16>(20 + i)), 0x80 + i);
		KT_EXPECT(guest.outcome().ok());
	}
	KT_EXPECT_EQ(guest.commands(), 4); // once in vain
	(void)guest.in(23);
	KT_EXPECT_EQ(guest.outcome().error(), base::Error::invalid);
	guest.device.config_length = 64;
	guest.device.function_reset();
	(void)guest.commands();
	KT_EXPECT_EQ(guest.in(23), 0x83);
	KT_EXPECT_EQ(guest.in(24), 0x84);
	KT_EXPECT_EQ(guest.commands(), 1);
}

// --- resets nobody told about ----------------------------------------------------------

KT_CASE(a_result_of_before_a_reset_is_not_kept)
{
	ModelGuest guest{true};

	guest.start();
	guest.device.era_passes = true;
	(void)guest.in(size, 2);
	guest.device.features = 0x99;
	guest.device.era_passes = true;
	KT_EXPECT_EQ(guest.in(features, 4), 0x99);
	guest.device.features = 0x98;
	KT_EXPECT_EQ(guest.in(features, 4), 0x98);
}

KT_CASE(a_reset_confirmed_in_another_era)
{
	ModelGuest guest{true};

	guest.device.era_passes = true;
	guest.out(status, 1, 0);
	guest.device.status = 7;
	KT_EXPECT_EQ(guest.in(status), 7);
}

KT_SUITE_END(core_shadow_guards);
