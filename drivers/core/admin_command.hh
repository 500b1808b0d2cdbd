// SPDX-License-Identifier: GPL-2.0-only
// Bytes of admin commands and of their answers: virtio 1.3, 2.12.1.
#pragma once

#include "base/result.hh"
#include "wire/access.h"
#include "wire/admin.hh"

namespace core {

using base::Bytes;
using base::ConstBytes;
using base::u16;
using base::u32;
using base::u64;
using base::u8;
using base::usize;
using wire::AdminOpcode;

/// A member's number in its group; for SR-IOV, VF n is n.
using MemberId = base::Strong<struct MemberIdTag, u64>;

/// The LIST commands concern a whole group and use no member id.
constexpr MemberId no_member{0};

/// The two legacy structures that commands reach.
enum class LegacySpace : u8 { common, device };

/// Longest run of bytes of one legacy command: the widest field.
constexpr usize max_legacy_data = 8;
/// Longest command specific data, and longest result, of any command here.
constexpr usize max_command_data = sizeof(wire::LegacyWriteHead) + max_legacy_data;
constexpr usize max_result = WIRE_ADMIN_NOTIFY_ENTRIES * sizeof(wire::NotifyEntry);
constexpr usize max_readable = sizeof(wire::AdminHeader) + max_command_data;
constexpr usize max_writable = sizeof(wire::AdminStatus) + max_result;

/// A set of opcodes as LIST_QUERY and LIST_USE carry it: bit n is opcode n.
class OpcodeSet {
public:
	constexpr OpcodeSet() = default;
	constexpr explicit OpcodeSet(u64 bits) : bits_(bits) {}
	[[nodiscard]] constexpr u64 bits() const { return bits_; }
	[[nodiscard]] constexpr bool has(AdminOpcode opcode) const
	{
		return bits_ >> static_cast<u16>(opcode) & 1;
	}
	/// The four register commands; a device has all of them or none.
	[[nodiscard]] constexpr bool has_legacy() const
	{
		return has(AdminOpcode::legacy_common_write) && has(AdminOpcode::legacy_common_read) &&
		       has(AdminOpcode::legacy_device_write) && has(AdminOpcode::legacy_device_read);
	}
	/// Those of the set that this project submits.
	[[nodiscard]] constexpr OpcodeSet known() const
	{
		return OpcodeSet{bits_ & ((u64{1} << wire::admin_opcodes) - 1)};
	}

private:
	u64 bits_ = 0;
};

/// One command and its answer. The same object goes from the cached registers to the slot.
using Access = ::wire_access;
static_assert(sizeof(Access) == 16 && sizeof(Access::value) == max_legacy_data);

/// @offset is in @space; @length is 1 to max_legacy_data, inside one field.
[[nodiscard]] constexpr Access read_access(LegacySpace space, u16 offset, usize length)
{
	return {.opcode = static_cast<u16>(space == LegacySpace::common
						   ? AdminOpcode::legacy_common_read
						   : AdminOpcode::legacy_device_read),
		.status = 0,
		.offset = static_cast<u8>(offset),
		.length = static_cast<u8>(length),
		.value = 0};
}

/// As read_access(), writing @value.
[[nodiscard]] constexpr Access write_access(LegacySpace space, u16 offset, u64 value, usize length)
{
	return {.opcode = static_cast<u16>(space == LegacySpace::common
						   ? AdminOpcode::legacy_common_write
						   : AdminOpcode::legacy_device_write),
		.status = 0,
		.offset = static_cast<u8>(offset),
		.length = static_cast<u8>(length),
		.value = value};
}

[[nodiscard]] constexpr Access list_query()
{
	return {.opcode = WIRE_ADMIN_LIST_QUERY, .status = 0, .offset = 0, .length = 0, .value = 0};
}

[[nodiscard]] constexpr Access list_use(OpcodeSet opcodes)
{
	return {.opcode = WIRE_ADMIN_LIST_USE, .status = 0, .offset = 0, .length = 0,
		.value = opcodes.bits()};
}

[[nodiscard]] constexpr Access notify_info()
{
	return {.opcode = WIRE_ADMIN_LEGACY_NOTIFY_INFO, .status = 0, .offset = 0, .length = 0,
		.value = 0};
}

[[nodiscard]] constexpr AdminOpcode opcode_of(const Access &access)
{
	return static_cast<AdminOpcode>(access.opcode);
}

[[nodiscard]] constexpr bool is_legacy_read(const Access &access)
{
	return access.opcode == WIRE_ADMIN_LEGACY_COMMON_CFG_READ ||
	       access.opcode == WIRE_ADMIN_LEGACY_DEV_CFG_READ;
}

[[nodiscard]] constexpr bool is_legacy_write(const Access &access)
{
	return access.opcode == WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE ||
	       access.opcode == WIRE_ADMIN_LEGACY_DEV_CFG_WRITE;
}

/// Whether @access is a guest's reset of its device (4.1.4.3.2): status 0.
[[nodiscard]] constexpr bool is_guest_reset(const Access &access)
{
	return access.opcode == WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE &&
	       access.offset == WIRE_LEGACY_STATUS && access.length == 1 && access.value == 0;
}

/// Whether @access is a legacy read or write that a command can carry.
[[nodiscard]] constexpr bool is_sound(const Access &access)
{
	return (is_legacy_read(access) || is_legacy_write(access)) && access.length != 0 &&
	       access.length <= max_legacy_data;
}

/// Bytes that the device reads: header and command specific data. Exact, because the device takes
/// the length of a legacy access from it (2.12.1.1).
[[nodiscard]] constexpr u16 readable_length(const Access &access)
{
	constexpr usize head = sizeof(wire::AdminHeader);

	switch (access.opcode) {
	case WIRE_ADMIN_LEGACY_COMMON_CFG_READ:
	case WIRE_ADMIN_LEGACY_DEV_CFG_READ:
		return head + sizeof(wire::LegacyReadHead);
	case WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE:
	case WIRE_ADMIN_LEGACY_DEV_CFG_WRITE:
		return static_cast<u16>(head + sizeof(wire::LegacyWriteHead) + access.length);
	case WIRE_ADMIN_LIST_USE:
		return head + sizeof(u64);
	default:
		return head;
	}
}

/// Bytes that the device writes: status and result. Exact, as readable_length().
[[nodiscard]] constexpr u16 writable_length(const Access &access)
{
	constexpr usize head = sizeof(wire::AdminStatus);

	switch (access.opcode) {
	case WIRE_ADMIN_LEGACY_COMMON_CFG_READ:
	case WIRE_ADMIN_LEGACY_DEV_CFG_READ:
		return static_cast<u16>(head + access.length);
	case WIRE_ADMIN_LIST_QUERY:
		return head + sizeof(u64);
	case WIRE_ADMIN_LEGACY_NOTIFY_INFO:
		return head + max_result;
	default:
		return head;
	}
}

/**
 * encode_command() - write the device-readable bytes of a command
 * @access: sound, or one of the other commands of this file
 * @member: whom it concerns
 * @to: gets readable_length() bytes, and zeros behind them; aligned as a header
 */
inline void encode_command(const Access &access, MemberId member, std::span<u8, max_readable> to)
{
	u8 *const data = to.data() + sizeof(wire::AdminHeader);

	*reinterpret_cast<wire::AdminHeader *>(to.data()) = {
		.opcode = base::Le16{access.opcode},
		.group_type = base::Le16{wire::group_sriov},
		.reserved = {},
		.member = base::Le64{member.value()},
	};
	// LIST_USE has its value in the place of the offset, which is 0 then.
	const bool list = access.opcode == WIRE_ADMIN_LIST_USE;
	const u64 mask = access.length < max_legacy_data ? (u64{1} << 8 * access.length) - 1 : ~u64{0};
	base::store_le_as<u64>(data, list ? access.value : access.offset);
	base::store_le_as<u64>(data + sizeof(wire::LegacyWriteHead),
			       is_legacy_write(access) ? access.value & mask : 0);
}

/**
 * decode_answer() - read an answer that a device wrote
 * @written: the device-writable bytes, as many as writable_length()
 * @used: bytes the device says it wrote; what lies beyond counts as zero
 * @access: gets status and, if the command reads, value
 * @result: gets the result of NOTIFY_INFO, as much as fits
 *
 * Reads each byte once, as the device may still write there. Return: success;
 * Error::protocol if @used exceeds the buffer, or if a successful LIST_QUERY
 * has no whole set of opcodes: a set always has 64 bits, and two that are 1
 * (2.12.1).
 */
[[nodiscard]] base::Status decode_answer(ConstBytes written, u32 used, Access &access, Bytes result);

/**
 * status_result() - the meaning of an answer's status (2.12.1, table of statuses)
 *
 * Return: success for 0, the error of the same name for the named ones, and
 * Error::invalid for any other value, as the spec demands.
 */
[[nodiscard]] base::Status status_result(u16 status);

/// Whether @status asks for a retry: the device answers EAGAIN or ENOMEM to a command that it has not
/// executed (2.13.1).
[[nodiscard]] constexpr bool asks_for_retry(const base::Status &status)
{
	return !status.ok() && (status.error() == base::Error::again ||
				status.error() == base::Error::no_memory);
}

/// Whether @status is one of those that the spec names.
[[nodiscard]] bool status_is_named(u16 status);

} // namespace core
