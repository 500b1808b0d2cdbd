// SPDX-License-Identifier: GPL-2.0-only
// What a device answers: the used-length rule and the statuses of virtio 1.3,
// 2.12.1.
#include "core/admin_command.hh"
#include "kunit/test.hh"

KT_SUITE(core_command_decode);

using base::Error;
using core::Access;
using core::ConstBytes;
using core::u16;
using core::u32;
using core::u64;
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

/// The first byte of what was decoded that is not what @used bytes of the pattern give, in a
/// buffer of @size.
int difference(const Access &access, ConstBytes result, u32 used, usize size)
{
	if (access.status != (visible(0, used) | visible(1, used) << 8))
		return 0;
	for (usize i = 0; i < result.size() && 8 + i < size; i++)
		if (result[i] != visible(8 + i, used))
			return static_cast<int>(8 + i);
	return -1;
}

/// The value that @length bytes of the pattern behind the status give.
u64 value_of(usize length, u32 used)
{
	u64 value = 0;

	for (usize i = 0; i < length; i++)
		value |= u64{visible(8 + i, used)} << 8 * i;
	return value;
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
		Access access = core::notify_info();
		u8 result[core::max_result];
		KT_EXPECT(core::decode_answer(buffer.bytes, used, access, result).ok());
		KT_EXPECT_EQ(difference(access, result, used, sizeof(buffer.bytes)), -1);
	}
}

KT_CASE(value_has_the_bytes_that_the_device_wrote)
{
	const Buffer buffer;

	for (usize length = 1; length <= core::max_legacy_data; length++)
		for (u32 used = 0; used <= 8 + length; used++) {
			Access access = core::read_access(core::LegacySpace::common, 0, length);
			access.value = ~u64{0};
			KT_EXPECT(core::decode_answer({buffer.bytes, 8 + length}, used, access, {}).ok());
			KT_EXPECT_EQ(access.value, value_of(length, used));
		}
}

KT_CASE(value_of_a_write_is_kept)
{
	const Buffer buffer;
	Access access = core::write_access(core::LegacySpace::device, 0, 0x1234, 2);

	KT_EXPECT(core::decode_answer({buffer.bytes, 8}, 8, access, {}).ok());
	KT_EXPECT_EQ(access.value, 0x1234);
	KT_EXPECT_EQ(access.status, 0x8180);
}

KT_CASE(list_without_a_whole_set_is_an_error)
{
	u8 bytes[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0x7f};

	for (u32 used = 0; used < sizeof(bytes); used++) {
		Access access = core::list_query();
		KT_EXPECT_EQ(core::decode_answer(bytes, used, access, {}).error(), Error::protocol);
	}
	Access access = core::list_query();
	KT_EXPECT(core::decode_answer(bytes, sizeof(bytes), access, {}).ok());
	KT_EXPECT_EQ(access.value, 0x7f);
	bytes[0] = 22; // a refusal has no set
	KT_EXPECT(core::decode_answer(bytes, 8, access, {}).ok());
	KT_EXPECT_EQ(access.status, 22);
}

KT_CASE(used_length_past_the_buffer_is_an_error)
{
	const Buffer buffer;
	Access access = core::list_query();

	KT_EXPECT(core::decode_answer({buffer.bytes, 16}, 16, access, {}).ok());
	for (const u32 used : {17u, 72u, 73u, 0x80000000u, 0xffffffffu}) {
		const base::Status status =
			core::decode_answer({buffer.bytes, 16}, used, access, {});
		KT_EXPECT(!status.ok());
		KT_EXPECT(status.error() == Error::protocol);
	}
}

KT_CASE(result_is_cut_to_its_buffer)
{
	const Buffer buffer;

	for (usize size = 0; size <= core::max_result; size++) {
		Access access = core::notify_info();
		u8 result[core::max_result + 1];
		base::fill_bytes(result, 0x5a);
		KT_EXPECT(core::decode_answer(buffer.bytes, 72, access, {result, size}).ok());
		KT_EXPECT_EQ(difference(access, {result, size}, 72, 72), -1);
		KT_EXPECT_EQ(result[size], 0x5a);
	}
}

KT_CASE(status_is_little_endian)
{
	const u8 bytes[] = {0x16, 0x01, 0x34, 0x12, 0, 0, 0, 0};
	Access access = core::list_use({});

	KT_EXPECT(core::decode_answer(bytes, sizeof(bytes), access, {}).ok());
	KT_EXPECT_EQ(access.status, 0x116);
}

// A driver handles a reserved one as "no additional information" (2.12.1.3), which says nothing.
KT_CASE(qualifier_changes_nothing)
{
	for (const u32 status : {0u, 11u, 22u, 999u})
		for (u32 qualifier = 0; qualifier <= 0xffff; qualifier += qualifier < 9 ? 1 : 251) {
			u8 bytes[] = {0, 0, 0, 0, 0, 0, 0, 0, 0x5a};
			base::store_le({bytes, 2}, status);
			base::store_le({bytes + 2, 2}, qualifier);
			Access access = core::read_access(core::LegacySpace::common, 0, 1);
			KT_EXPECT(core::decode_answer(bytes, sizeof(bytes), access, {}).ok());
			KT_EXPECT_EQ(access.status, status);
			KT_EXPECT_EQ(access.value, 0x5a);
		}
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

KT_CASE(retry_is_asked_for_by_eagain_and_enomem_alone)
{
	KT_EXPECT(!core::asks_for_retry({}));
	for (u32 error = 1; error <= 0xff; error++)
		KT_EXPECT_EQ(core::asks_for_retry(static_cast<base::Error>(error)),
			     error == 11 || error == 12);
}

KT_SUITE_END(core_command_decode);
