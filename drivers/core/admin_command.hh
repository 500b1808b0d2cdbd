// SPDX-License-Identifier: GPL-2.0-only
// Building admin commands and reading their answers: virtio 1.3, 2.12.1.
#pragma once

#include "base/result.hh"
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

/// A group type, and a member's number in the group; for SR-IOV, VF n is n.
using GroupType = base::Strong<struct GroupTypeTag, u16>;
using MemberId = base::Strong<struct MemberIdTag, u64>;

constexpr GroupType sriov_group{wire::group_sriov};
/// The LIST commands concern a whole group and use no member id.
constexpr MemberId no_member{0};

/// The two legacy structures that commands reach.
enum class LegacySpace : u8 { common, device };

/// Longest run of bytes one legacy command carries: the widest field.
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
	/// Those of the set that this project sends.
	[[nodiscard]] constexpr OpcodeSet known() const
	{
		return OpcodeSet{bits_ & ((u64{1} << wire::admin_opcodes) - 1)};
	}

private:
	u64 bits_ = 0;
};

/**
 * class AdminCommand - one command, before it has a place in memory
 *
 * A value of fixed size: building one allocates nothing and needs no lock.
 * Lengths are exact, as 2.12.1.3 reads the length of a legacy access from them.
 */
class AdminCommand {
public:
	/// Room for one: nothing is set.
	AdminCommand() {}
	[[nodiscard]] static AdminCommand list_query(GroupType group);
	[[nodiscard]] static AdminCommand list_use(GroupType group, OpcodeSet opcodes);
	/**
	 * legacy_read() - read part of one field
	 * @offset: in @space; device configuration counts from its own start
	 * @length: 1 to max_legacy_data, and inside one field
	 */
	[[nodiscard]] static AdminCommand legacy_read(GroupType group, MemberId member,
						      LegacySpace space, u8 offset, usize length);
	/// Like legacy_read(), writing @data.
	[[nodiscard]] static AdminCommand legacy_write(GroupType group, MemberId member,
						       LegacySpace space, u8 offset, ConstBytes data);
	[[nodiscard]] static AdminCommand notify_info(GroupType group, MemberId member);

	[[nodiscard]] AdminOpcode opcode() const { return opcode_; }
	[[nodiscard]] MemberId member() const { return MemberId{member_}; }
	/// Bytes the device reads: header and command specific data.
	[[nodiscard]] usize readable() const { return sizeof(wire::AdminHeader) + data_length_; }
	/// Bytes the device writes: status and result.
	[[nodiscard]] usize writable() const { return sizeof(wire::AdminStatus) + result_length_; }
	[[nodiscard]] usize result_length() const { return result_length_; }

	/// Writes readable() bytes into @to, which is aligned as a header, and zeros behind them.
	void encode(std::span<u8, max_readable> to) const;

private:
	AdminCommand(AdminOpcode opcode, GroupType group, MemberId member)
		: opcode_(opcode), group_(group.value()), member_(member.value()), data_{},
		  data_length_(0), result_length_(0)
	{
	}

	AdminOpcode opcode_;
	u16 group_;
	u64 member_;
	u8 data_[max_command_data];
	u8 data_length_;
	u8 result_length_;
};

inline AdminCommand AdminCommand::legacy_read(GroupType group, MemberId member, LegacySpace space,
					      u8 offset, usize length)
{
	AdminCommand command{space == LegacySpace::common ? AdminOpcode::legacy_common_read
							  : AdminOpcode::legacy_device_read,
			     group, member};

	command.data_[0] = offset;
	command.data_length_ = sizeof(wire::LegacyReadHead);
	command.result_length_ = static_cast<u8>(length < max_legacy_data ? length : max_legacy_data);
	return command;
}

inline AdminCommand AdminCommand::legacy_write(GroupType group, MemberId member, LegacySpace space,
					       u8 offset, ConstBytes data)
{
	AdminCommand command{space == LegacySpace::common ? AdminOpcode::legacy_common_write
							  : AdminOpcode::legacy_device_write,
			     group, member};
	constexpr usize head = sizeof(wire::LegacyWriteHead);
	const usize length = data.size() < max_legacy_data ? data.size() : max_legacy_data;

	command.data_[0] = offset;
	base::store_le({command.data_ + head, max_legacy_data}, base::load_le(data));
	command.data_length_ = static_cast<u8>(head + length);
	return command;
}

/// What a device answered. Of the result, as much as the command has.
struct AdminAnswer {
	u16 status;
	u16 qualifier;
	u8 result[max_result];
};

/**
 * decode_answer() - read an answer that a device wrote
 * @written: the whole device-writable buffer
 * @used: bytes the device says it wrote; what lies beyond counts as zero
 * @answer: what they say; its result is as long as the buffer's
 *
 * Reads each byte once, as the device may still write there. Return: success, or
 * Error::protocol if @used exceeds the buffer.
 */
[[nodiscard]] base::Status decode_answer(ConstBytes written, u32 used, AdminAnswer &answer);

/**
 * status_result() - the meaning of an answer's status (2.12.1, table of statuses)
 *
 * Return: success for 0, the error of the same name for the named ones, and
 * Error::invalid for any other value, as the spec demands.
 */
[[nodiscard]] base::Status status_result(u16 status);

/// Whether @status is one of those that the spec names.
[[nodiscard]] bool status_is_named(u16 status);

} // namespace core
