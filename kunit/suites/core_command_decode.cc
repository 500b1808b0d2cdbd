// SPDX-License-Identifier: GPL-2.0-only
// What a device answers: the used-length rule and the statuses of virtio 1.3,
// 2.12.1.
#include "core/admin_command.hh"
#include "kunit/test.hh"

KT_SUITE(core_command_decode);

using base::Error;
using core::AdminAnswer;
using core::ConstBytes;
using core::u16;
using core::u32;
using core::u8;
using core::usize;

namespace {

/// Every byte of a full answer tells its place.
u8 pattern(usize i)
{
	return static_cast<u8>(0x80 + i);
}

struct Buffer {
	u8 bytes[core::max_writable];

	Buffer()
	{
		for (usize i = 0; i < sizeof(bytes); i++)
			bytes[i] = pattern(i);
	}
};

u8 visible(usize i, u32 used)
{
	return i < used ? pattern(i) : u8{0};
}

/// The first byte of @answer that is not what @used bytes of the pattern give, in a buffer
/// of @size.
int difference(const AdminAnswer &answer, u32 used, usize size)
{
	if (answer.status != (visible(0, used) | visible(1, used) << 8))
		return 0;
	if (answer.qualifier != (visible(2, used) | visible(3, used) << 8))
		return 2;
	for (usize i = 0; 8 + i < size; i++)
		if (answer.result[i] != visible(8 + i, used))
			return static_cast<int>(8 + i);
	return -1;
}

Error meaning(u16 status)
{
	switch (status) {
	case 6:
		return Error::no_such_address;
	case 11:
		return Error::again;
	case 12:
		return Error::no_memory;
	case 16:
		return Error::busy;
	case 22:
		return Error::invalid;
	case 28:
		return Error::no_space;
	default:
		return Error::invalid; // 2.12.1: any other value counts as EINVAL
	}
}

bool named(u16 status)
{
	return status == 0 || status == 6 || status == 11 || status == 12 || status == 16 ||
	       status == 22 || status == 28;
}

} // namespace

KT_CASE(bytes_beyond_the_used_length_are_zero)
{
	const Buffer buffer;

	for (u32 used = 0; used <= sizeof(buffer.bytes); used++) {
		core::AdminAnswer answer;
		KT_EXPECT(core::decode_answer(buffer.bytes, used, answer).ok());
		KT_EXPECT_EQ(difference(answer, used, sizeof(buffer.bytes)), -1);
	}
}

KT_CASE(a_used_length_past_the_buffer_is_an_error)
{
	const Buffer buffer;
	const u32 lengths[] = {17, 72, 73, 0x80000000, 0xffffffff};

	core::AdminAnswer answer;

	KT_EXPECT(core::decode_answer({buffer.bytes, 16}, 16, answer).ok());
	for (const u32 used : lengths) {
		const base::Status status = core::decode_answer({buffer.bytes, 16}, used, answer);
		KT_EXPECT(!status.ok());
		KT_EXPECT(status.error() == Error::protocol);
	}
}

KT_CASE(nothing_beyond_a_short_buffer_is_read)
{
	const Buffer buffer;

	for (u32 size = 0; size <= 16; size++) {
		core::AdminAnswer answer;
		KT_EXPECT(core::decode_answer({buffer.bytes, size}, size, answer).ok());
		KT_EXPECT_EQ(difference(answer, size, size), -1);
	}
}

KT_CASE(status_and_qualifier_are_little_endian)
{
	const u8 bytes[] = {0x16, 0x00, 0x34, 0x12, 0, 0, 0, 0};
	core::AdminAnswer answer;

	KT_EXPECT(core::decode_answer(bytes, sizeof(bytes), answer).ok());
	KT_EXPECT_EQ(answer.status, 22);
	KT_EXPECT_EQ(answer.qualifier, 0x1234);
}

KT_CASE(every_status_has_a_meaning)
{
	int wrong = -1;

	for (u32 status = 1; status <= 0xffff && wrong < 0; status++) {
		const base::Status result = core::status_result(static_cast<u16>(status));
		if (result.ok() || result.error() != meaning(static_cast<u16>(status)))
			wrong = static_cast<int>(status);
	}
	KT_EXPECT_EQ(wrong, -1);
	KT_EXPECT(core::status_result(0).ok());
}

KT_CASE(only_the_specs_statuses_are_named)
{
	int wrong = -1;

	for (u32 status = 0; status <= 0xffff && wrong < 0; status++)
		if (core::status_is_named(static_cast<u16>(status)) !=
		    named(static_cast<u16>(status)))
			wrong = static_cast<int>(status);
	KT_EXPECT_EQ(wrong, -1);
}

KT_SUITE_END(core_command_decode);
