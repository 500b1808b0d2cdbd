// SPDX-License-Identifier: GPL-2.0-only
// Admin commands byte by byte, against bytes written down from the text of
// virtio 1.3, 2.12.1 to 2.12.1.1, and not from our structs.
#include "core/admin_command.hh"
#include "kunit/test.hh"

KT_SUITE(core_command_encode);

using core::Access;
using core::ConstBytes;
using core::LegacySpace;
using core::MemberId;
using core::OpcodeSet;
using core::u64;
using core::u8;
using core::usize;

namespace {

constexpr u8 untouched = 0xa5;
constexpr int same = -1;
constexpr int wrong_length = -2;

/// The first byte of a command for @member, or of the zeros behind it, that differs from
/// @expected. The buffer is dirty, so that a byte which is not cleared is seen, and a byte that is
/// written past the end, too.
int difference(const Access &access, MemberId member, ConstBytes expected)
{
	alignas(wire::AdminHeader) u8 bytes[core::max_readable + 8];

	base::fill_bytes(bytes, untouched);
	core::encode_command(access, member, std::span{bytes}.first<core::max_readable>());
	if (core::readable_length(access) != expected.size())
		return wrong_length;
	for (usize i = 0; i < sizeof(bytes); i++) {
		const u8 behind = i < core::max_readable ? u8{0} : untouched;
		if (bytes[i] != (i < expected.size() ? expected[i] : behind))
			return static_cast<int>(i);
	}
	return same;
}

constexpr MemberId member{0x0102030405060708};

} // namespace

KT_CASE(list_query)
{
	const u8 expected[] = {
		0x00, 0x00,		// opcode
		0x01, 0x00,		// group type: SR-IOV
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, // no member
	};
	const Access command = core::list_query();

	KT_EXPECT_EQ(difference(command, core::no_member, expected), same);
	KT_EXPECT_EQ(core::writable_length(command), 8 + 8);
}

KT_CASE(list_use)
{
	const u8 expected[] = {
		0x01, 0x00, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0,
		0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, // opcodes
	};
	const Access command = core::list_use(OpcodeSet{0x800000000000007f});

	KT_EXPECT_EQ(difference(command, core::no_member, expected), same);
	KT_EXPECT_EQ(core::writable_length(command), 8);
}

KT_CASE(legacy_common_write)
{
	const u8 expected[] = {
		0x02, 0x00, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
		0x12, 0, 0, 0, 0, 0, 0, 0, // offset, reserved
		0x07,			   // as long as the data is
	};
	const Access command = core::write_access(LegacySpace::common, 18, 7, 1);

	KT_EXPECT_EQ(difference(command, member, expected), same);
	KT_EXPECT_EQ(core::writable_length(command), 8);
}

KT_CASE(legacy_common_read)
{
	const u8 expected[] = {
		0x03, 0x00, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
		0x0c, // offset, and nothing behind it
	};
	const Access command = core::read_access(LegacySpace::common, 12, 2);

	KT_EXPECT_EQ(difference(command, member, expected), same);
	KT_EXPECT_EQ(core::writable_length(command), 8 + 2);
}

KT_CASE(legacy_device_write)
{
	const u8 expected[] = {
		0x04, 0x00, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
		0x00, 0, 0, 0, 0, 0, 0, 0,
		0x52, 0x54, 0x00, 0xaa, 0x00, 0x01, // six bytes of MAC address
	};

	KT_EXPECT_EQ(difference(core::write_access(LegacySpace::device, 0, 0x0100aa005452, 6), member,
				expected),
		     same);
}

KT_CASE(legacy_device_read)
{
	const u8 expected[] = {
		0x05, 0x00, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
		0xfe,
	};
	const Access command = core::read_access(LegacySpace::device, 0xfe, 8);

	KT_EXPECT_EQ(difference(command, member, expected), same);
	KT_EXPECT_EQ(core::writable_length(command), 8 + 8);
}

KT_CASE(notify_info)
{
	const u8 expected[] = {
		0x06, 0x00, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
	};
	const Access command = core::notify_info();

	KT_EXPECT_EQ(difference(command, member, expected), same);
	KT_EXPECT_EQ(core::writable_length(command), 8 + 4 * 16);
}

KT_CASE(every_length_of_an_access_is_exact)
{
	for (u8 length = 1; length <= core::max_legacy_data; length++) {
		const Access write = core::write_access(LegacySpace::common, 4, ~u64{0}, length);
		const Access read = core::read_access(LegacySpace::common, 4, length);
		KT_EXPECT_EQ(core::readable_length(write), 24 + 8 + length);
		KT_EXPECT_EQ(core::writable_length(write), 8);
		KT_EXPECT_EQ(core::readable_length(read), 24 + 1);
		KT_EXPECT_EQ(core::writable_length(read), 8 + length);
	}
}

KT_CASE(bytes_behind_a_short_write_are_zero)
{
	for (u8 length = 1; length <= core::max_legacy_data; length++) {
		u8 expected[32 + core::max_legacy_data] = {
			0x02, 0x00, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
			0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, 4};
		for (u8 i = 0; i < length; i++)
			expected[32 + i] = 0xff;
		KT_EXPECT_EQ(difference(core::write_access(LegacySpace::common, 4, ~u64{0}, length),
					member, {expected, usize{32} + length}),
			     same);
	}
}

KT_CASE(only_legacy_accesses_of_one_to_eight_bytes_are_sound)
{
	for (unsigned opcode = 0; opcode <= 0xff; opcode++)
		for (unsigned length = 0; length <= 0xff; length++) {
			const Access access = {.opcode = static_cast<core::u16>(opcode),
					       .status = 0,
					       .offset = 0,
					       .length = static_cast<u8>(length),
					       .value = 0};
			KT_EXPECT_EQ(core::is_sound(access),
				     opcode >= 2 && opcode <= 5 && length >= 1 && length <= 8);
		}
	KT_EXPECT(!core::is_sound({.opcode = 0x102, .status = 0, .offset = 0, .length = 1, .value = 0}));
}

KT_CASE(opcode_sets)
{
	KT_EXPECT(OpcodeSet{0x3c}.has_legacy());
	for (unsigned missing = 2; missing <= 5; missing++)
		KT_EXPECT(!OpcodeSet{~(u64{1} << missing)}.has_legacy());
	KT_EXPECT(OpcodeSet{0x40}.has(core::AdminOpcode::legacy_notify_info));
	KT_EXPECT(!OpcodeSet{0xbf}.has(core::AdminOpcode::legacy_notify_info));
	KT_EXPECT_EQ(OpcodeSet{~u64{0}}.known().bits(), u64{0x7f});
	KT_EXPECT_EQ(OpcodeSet{0xff81}.known().bits(), u64{0x01});
}

KT_SUITE_END(core_command_encode);
