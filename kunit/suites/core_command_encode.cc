// SPDX-License-Identifier: GPL-2.0-only
// Admin commands byte by byte, against bytes written down from the text of
// virtio 1.3, 2.12.1 to 2.12.1.3, and not from our structs.
#include "core/admin_command.hh"
#include "kunit/test.hh"

KT_SUITE(core_command_encode);

using core::AdminCommand;
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

/// Where @command's bytes, and the zeros behind, differ from @expected first. The buffer is
/// dirty, so a reserved byte that nobody clears shows, and so does one written past the end.
int difference(const AdminCommand &command, ConstBytes expected)
{
	alignas(wire::AdminHeader) u8 bytes[core::max_readable + 8];

	base::fill_bytes(bytes, untouched);
	command.encode(std::span{bytes}.first<core::max_readable>());
	if (command.readable() != expected.size())
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
	const AdminCommand command = AdminCommand::list_query(core::sriov_group);

	KT_EXPECT_EQ(difference(command, expected), same);
	KT_EXPECT_EQ(command.writable(), usize{8 + 8});
	KT_EXPECT_EQ(command.result_length(), usize{8});
}

KT_CASE(list_use)
{
	const u8 expected[] = {
		0x01, 0x00, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0,
		0x7f, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x80, // opcodes
	};
	const AdminCommand command =
		AdminCommand::list_use(core::sriov_group, OpcodeSet{0x800000000000007f});

	KT_EXPECT_EQ(difference(command, expected), same);
	KT_EXPECT_EQ(command.writable(), usize{8});
	KT_EXPECT_EQ(command.result_length(), usize{0});
}

KT_CASE(legacy_common_write)
{
	const u8 expected[] = {
		0x02, 0x00, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
		0x12, 0, 0, 0, 0, 0, 0, 0, // offset, reserved
		0x07,			   // as long as the data is
	};
	const u8 data[] = {0x07};
	const AdminCommand command = AdminCommand::legacy_write(core::sriov_group, member,
								LegacySpace::common, 18, data);

	KT_EXPECT_EQ(difference(command, expected), same);
	KT_EXPECT_EQ(command.writable(), usize{8});
}

KT_CASE(legacy_common_read)
{
	const u8 expected[] = {
		0x03, 0x00, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
		0x0c, // offset, and nothing behind it
	};
	const AdminCommand command =
		AdminCommand::legacy_read(core::sriov_group, member, LegacySpace::common, 12, 2);

	KT_EXPECT_EQ(difference(command, expected), same);
	KT_EXPECT_EQ(command.writable(), usize{8 + 2});
}

KT_CASE(legacy_device_write)
{
	const u8 expected[] = {
		0x04, 0x00, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
		0x00, 0, 0, 0, 0, 0, 0, 0,
		0x52, 0x54, 0x00, 0xaa, 0x00, 0x01, // six bytes of MAC address
	};
	const u8 data[] = {0x52, 0x54, 0x00, 0xaa, 0x00, 0x01};

	KT_EXPECT_EQ(difference(AdminCommand::legacy_write(core::sriov_group, member,
							   LegacySpace::device, 0, data),
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
	const AdminCommand command =
		AdminCommand::legacy_read(core::sriov_group, member, LegacySpace::device, 0xfe, 8);

	KT_EXPECT_EQ(difference(command, expected), same);
	KT_EXPECT_EQ(command.writable(), usize{8 + 8});
}

KT_CASE(notify_info)
{
	const u8 expected[] = {
		0x06, 0x00, 0x01, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01,
	};
	const AdminCommand command = AdminCommand::notify_info(core::sriov_group, member);

	KT_EXPECT_EQ(difference(command, expected), same);
	KT_EXPECT_EQ(command.writable(), usize{8 + 4 * 16});
}

KT_CASE(group_type_is_a_parameter)
{
	const u8 expected[] = {
		0x06, 0x00, 0x34, 0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x01, 0, 0, 0, 0, 0, 0, 0,
	};

	KT_EXPECT_EQ(difference(AdminCommand::notify_info(core::GroupType{0x1234}, MemberId{1}),
				expected),
		     same);
}

KT_CASE(every_length_of_a_write_is_exact)
{
	const u8 data[core::max_legacy_data] = {1, 2, 3, 4, 5, 6, 7, 8};

	for (usize length = 1; length <= sizeof(data); length++) {
		const AdminCommand write = AdminCommand::legacy_write(
			core::sriov_group, member, LegacySpace::common, 4, {data, length});
		const AdminCommand read = AdminCommand::legacy_read(core::sriov_group, member,
								    LegacySpace::common, 4, length);
		KT_EXPECT_EQ(write.readable(), 24 + 8 + length);
		KT_EXPECT_EQ(write.writable(), usize{8});
		KT_EXPECT_EQ(read.readable(), usize{24 + 1});
		KT_EXPECT_EQ(read.writable(), 8 + length);
	}
}

KT_CASE(too_much_data_is_cut)
{
	const u8 data[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
	const AdminCommand write = AdminCommand::legacy_write(core::sriov_group, member,
							      LegacySpace::common, 0, data);
	const AdminCommand read =
		AdminCommand::legacy_read(core::sriov_group, member, LegacySpace::common, 0, 4096);

	KT_EXPECT_EQ(write.readable(), usize{24 + 8 + 8});
	KT_EXPECT_EQ(read.writable(), usize{8 + 8});
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
