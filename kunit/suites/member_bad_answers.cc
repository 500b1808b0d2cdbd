// SPDX-License-Identifier: GPL-2.0-only
// A device that answers badly: the guest gets a defined value and never an error,
// and the next good answer counts again.
#include "kunit/support/bad_device.hh"

KT_SUITE(member_bad_answers);

using base::u16;
using base::u32;
using base::u8;
using fake::Kind;
using support::expect_good;
using support::Guest;
using support::read_with;
using support::start_painted;

namespace {

constexpr u16 read_common = WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
constexpr u16 write_common = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE;
constexpr u16 read_device = WIRE_ADMIN_LEGACY_DEV_CFG_READ;
constexpr u32 features = support::painted_features;
constexpr u32 ones = support::all_ones;

/// Every status but success and those that ask for another try.
constexpr u32 refusals[] = {6, 16, 22, 28, 1, 2, 110, 255, 256, 0x8000, 0xffff};

} // namespace

GUEST_CASE(every_refusal_of_a_read, start_painted(guest))
{
	for (const u32 status : refusals) {
		fake::forget_commands();
		KT_EXPECT_EQ(read_with(guest, {.opcode = read_common, .kind = Kind::status,
					       .arg = status}),
			     ones);
		KT_EXPECT_EQ(fake::seen(), 1); // no second try
		KT_EXPECT_EQ(guest.in(0, 4), features);
	}
	expect_good(guest);
}

GUEST_CASE(every_refusal_of_a_write, start_painted(guest))
{
	for (const u32 status : refusals) {
		fake::add_rule({.opcode = write_common, .kind = Kind::status, .arg = status});
		guest.out(4, 4, 0x1000 + status); // dropped
		KT_EXPECT_EQ(guest.vf().driver_features, 0x17161514);
	}
	expect_good(guest);
}

GUEST_CASE(configuration_that_is_not_there_reads_zero, start_painted(guest))
{
	for (const u32 status : {22u, 0x1234u}) { // any other value counts as EINVAL
		fake::add_rule({.opcode = read_device, .kind = Kind::status, .arg = status,
				.count = fake::forever});
		KT_EXPECT_EQ(guest.in(20, 2), 0);
		KT_EXPECT_EQ(guest.in(20, 1), 0);
		fake::clear_rules();
	}
	fake::add_rule({.opcode = read_device, .kind = Kind::status, .arg = 16});
	KT_EXPECT_EQ(guest.in(20, 2), 0xffff);
	// Refused as a whole and then byte by byte, for another reason.
	fake::add_rule({.opcode = read_device, .kind = Kind::status, .arg = 22});
	fake::add_rule({.opcode = read_device, .kind = Kind::status, .arg = 16, .count = fake::forever});
	KT_EXPECT_EQ(guest.in(20, 2), 0xffff);
	fake::clear_rules();
	expect_good(guest);
}

GUEST_CASE(one_bad_field_spoils_no_other, start_painted(guest))
{
	u8 data[8];

	fake::add_rule({.opcode = read_common, .kind = Kind::status, .arg = 16});
	KT_EXPECT_EQ(guest.read_bar(0, data, sizeof(data)), sizeof(data));
	KT_EXPECT_EQ(base::load_le({data, 4}), ones);
	KT_EXPECT_EQ(base::load_le({data + 4, 4}), 0x17161514);
}

GUEST_CASE(try_again_is_tried_again, start_painted(guest))
{
	for (const u32 status : {11u, 12u}) {
		fake::forget_commands();
		KT_EXPECT_EQ(read_with(guest, {.opcode = read_common, .kind = Kind::status,
					       .arg = status, .count = 3}),
			     features);
		KT_EXPECT_EQ(fake::seen(), 4);

		fake::add_rule({.opcode = write_common, .kind = Kind::status, .arg = status,
				.count = 2});
		guest.out(4, 4, 0xa0 + status);
		KT_EXPECT_EQ(guest.vf().driver_features, 0xa0 + status);
	}
	expect_good(guest);
}

GUEST_CASE(short_answers_are_filled_with_zeros, start_painted(guest))
{
	const u32 values[] = {0, 0x10, 0x1110, 0x121110, features};

	for (u32 used = 0; used <= 12; used++)
		KT_EXPECT_EQ(read_with(guest, {.opcode = read_common, .kind = Kind::used_length,
					       .arg = used}),
			     used < 8 ? 0 : values[used - 8]);
	expect_good(guest);
}

KT_CASE(stale_bytes_of_another_member_are_not_seen)
{
	KT_REQUIRE(support::bring_up({}, 2));
	Guest one{1}, two{2};
	KT_REQUIRE(start_painted(one) && start_painted(two));
	u8 data[6];

	// Six bytes of one's MAC address, then a short answer for two, which gets
	// the same slot.
	KT_EXPECT_EQ(one.read_bar(20, data, 6), 6);
	fake::add_rule({.opcode = read_device, .member = 2, .kind = Kind::used_length, .arg = 8});
	KT_EXPECT_EQ(two.read_bar(20, data, 6), 6);
	for (const u8 byte : data)
		KT_EXPECT_EQ(byte, 0);
}

GUEST_CASE(an_answer_longer_than_the_buffer, start_painted(guest))
{
	for (const u32 excess : {1u, 64u, 0x10000u})
		KT_EXPECT_EQ(read_with(guest, {.opcode = read_common, .kind = Kind::too_long,
					       .arg = excess}),
			     ones);
	expect_good(guest);
}

GUEST_CASE(garbage_is_data, start_painted(guest))
{
	for (u32 i = 0; i < 8; i++)
		(void)read_with(guest, {.opcode = read_common, .kind = Kind::garbage});
	expect_good(guest);
}

GUEST_CASE(twice, start_painted(guest))
{
	const u32 value = read_with(guest, {.opcode = read_common, .kind = Kind::twice});
	KT_EXPECT(value == features || value == ones);
	expect_good(guest);
}

KT_CASE(ids_out_of_range)
{
	for (const u32 id : {1u, 63u, 64u, 65u, 0xffffu, 0x10000u, 0xffffffffu}) {
		KT_REQUIRE(support::bring_up());
		Guest guest;
		KT_REQUIRE(start_painted(guest));
		// Not believed: an error, or asked for again after the reset.
		const u32 value = read_with(guest, {.opcode = read_common, .kind = Kind::bad_id,
						    .arg = id});
		KT_EXPECT(value == ones || value == features);
		expect_good(guest);
	}
}

GUEST_CASE(messages_are_limited, start_painted(guest))
{
	fake::add_rule({.opcode = read_common, .kind = Kind::status, .arg = 0x4321,
			.count = fake::forever});
	const u32 before = fake::warnings();
	for (u32 i = 0; i < 100; i++)
		KT_EXPECT_EQ(guest.in(0, 4), ones);
	KT_EXPECT(fake::warnings() > before);
	KT_EXPECT(fake::warnings() - before <= 20);
}

KT_SUITE_END(member_bad_answers);
