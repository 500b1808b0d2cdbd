// SPDX-License-Identifier: GPL-2.0-only
// Reads of device configuration that the device refuses: a guest that polls causes few commands
// that fail, and reads what the device has once it has it.
#include "kunit/support/model_device.hh"

KT_SUITE(core_shadow_refusals);

using base::Error;
using base::u16;
using base::u32;
using base::u8;
using base::usize;
using support::ModelGuest;
using namespace support::at;

namespace {

// Of net: mac at 20 (6 bytes), status at 26, max_virtqueue_pairs at 28, mtu at 30, speed at 32.
constexpr u16 mac = 20, pairs = 28, speed = 32;

/// A device with @length bytes of configuration.
void start(ModelGuest &guest, u16 length)
{
	guest.device.config_length = length;
	guest.start();
}

/// Commands of 100 reads, each of which must give @value.
usize poll(ModelGuest &guest, u16 offset, u8 width, u32 value)
{
	(void)guest.commands();
	for (unsigned i = 0; i < 100; i++)
		KT_EXPECT_EQ(guest.in(offset, width), value);
	return guest.commands();
}

} // namespace

KT_CASE(poll_of_a_field_that_is_not_there_ends_in_commands)
{
	for (const u8 width : {1, 2, 4}) {
		ModelGuest guest{true};

		start(guest, 8);
		KT_EXPECT(poll(guest, pairs, width, 0) <= 4); // 4 bytes are two fields
		KT_EXPECT_EQ(guest.outcome().error(), Error::invalid);
		KT_EXPECT_EQ(poll(guest, pairs, width, 0), 0);
		KT_EXPECT_EQ(guest.outcome().error(), Error::invalid);
	}
}

KT_CASE(poll_of_each_byte_of_a_field_costs_two_commands_that_fail)
{
	ModelGuest guest{true};

	start(guest, 12);
	for (unsigned round = 0; round < 3; round++)
		for (u16 at = speed; at < speed + 4; at++)
			KT_EXPECT_EQ(guest.in(at, 1), 0);
	KT_EXPECT_EQ(guest.commands(), 2);
}

KT_CASE(bytes_before_the_end_of_the_configuration_are_read_each_time)
{
	ModelGuest guest{true};

	start(guest, 4); // of the mac's 6
	(void)guest.in(mac, 4);
	guest.device.config[3] = 0x55;
	KT_EXPECT_EQ(guest.in(mac + 3, 1), 0x55);
	guest.device.config[2] = 0x44;
	KT_EXPECT_EQ(guest.in(mac + 2, 4), 0x5544);
	(void)guest.commands();
	KT_EXPECT_EQ(guest.in(mac + 2, 4), 0x5544);
	KT_EXPECT_EQ(guest.commands(), 2); // one for each byte that is there
	guest.device.config[2] = 0x33;
	KT_EXPECT_EQ(guest.in(mac + 2, 2), 0x5533);
}

KT_CASE(device_that_reads_single_bytes_alone_gives_all_of_them)
{
	ModelGuest guest{true};

	guest.device.narrow_config = true;
	start(guest, 64);
	KT_EXPECT_EQ(guest.in(pairs, 2), 0x8988);
	KT_EXPECT_EQ(poll(guest, pairs, 2, 0x8988), 200);
	KT_EXPECT_EQ(guest.in(mac, 4), 0x83828180);
	KT_EXPECT_EQ(poll(guest, mac, 1, 0x80), 100);
}

KT_CASE(refusal_lasts_until_the_device_may_have_the_field)
{
	const struct {
		const char *name;
		void (*event)(ModelGuest &);
	} events[] = {
		{"reset", [](ModelGuest &guest) { guest.out(status, 1, 0); }},
		{"function reset", [](ModelGuest &guest) { guest.device.function_reset(); }},
		{"owner reset", [](ModelGuest &guest) { guest.device.owner_reset(); }},
		{"low-power state", [](ModelGuest &guest) { guest.sleep(); }},
		{"features", [](ModelGuest &guest) { guest.out(driver_features, 4, 1); }},
		{"configuration", [](ModelGuest &guest) { guest.out(mac, 1, 0x80); }},
		{"address of 0",
		 [](ModelGuest &guest) {
			 guest.out(select, 2, 0);
			 guest.out(address, 4, 0);
		 }},
		{"command that failed",
		 [](ModelGuest &guest) {
			 guest.device.fail_after(0, Error::timed_out);
			 guest.out(driver_features, 4, 1);
		 }},
	};

	for (const auto &event : events) {
		ModelGuest guest{true};

		start(guest, 8);
		(void)guest.in(pairs, 1);
		(void)guest.in(pairs, 2);
		guest.device.config_length = 64;
		event.event(guest);
		kt_expect(guest.in(pairs, 1) == 0x88, event.name, __FILE__, __LINE__);
		kt_expect(guest.in(pairs, 2) == 0x8988, event.name, __FILE__, __LINE__);
		(void)guest.commands();
		// Also as a whole, with one command.
		kt_expect(guest.in(pairs, 1) == 0x88 && guest.in(pairs + 1, 1) == 0x89, event.name,
			  __FILE__, __LINE__);
		kt_expect(guest.commands() == 1, event.name, __FILE__, __LINE__);
	}
}

KT_CASE(read_that_fails_otherwise_is_no_refusal)
{
	ModelGuest guest{true};

	start(guest, 3);
	guest.device.fail_after(1, Error::timed_out); // the byte, after the whole field
	(void)guest.in(mac, 1);
	KT_EXPECT_EQ(guest.outcome().error(), Error::timed_out);
	KT_EXPECT_EQ(guest.in(mac, 1), 0x80);
}

KT_CASE(write_that_is_refused_changes_no_refusal)
{
	ModelGuest guest{true};

	start(guest, 8);
	(void)guest.in(pairs, 1);
	(void)guest.commands();
	for (unsigned i = 0; i < 10; i++) {
		guest.out(pairs, 1, 1);
		KT_EXPECT_EQ(guest.outcome().error(), Error::invalid);
		KT_EXPECT_EQ(guest.in(pairs, 1), 0);
	}
	KT_EXPECT_EQ(guest.commands(), 10); // the writes: another value may be taken
	guest.device.fail_after(0, Error::invalid);
	guest.out(driver_features, 4, 1);
	(void)guest.commands();
	KT_EXPECT_EQ(guest.in(pairs, 1), 0);
	KT_EXPECT_EQ(guest.commands(), 0);
}

KT_CASE(every_read_without_rules_is_a_command)
{
	ModelGuest guest{false};

	start(guest, 8);
	KT_EXPECT_EQ(poll(guest, pairs, 1, 0), 100);
}

KT_SUITE_END(core_shadow_refusals);
