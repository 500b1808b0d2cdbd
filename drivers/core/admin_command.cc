// SPDX-License-Identifier: GPL-2.0-only
#include "core/admin_command.hh"

namespace core {

AdminCommand AdminCommand::list_query(GroupType group)
{
	AdminCommand command{AdminOpcode::list_query, group, no_member};

	command.result_length_ = sizeof(u64);
	return command;
}

AdminCommand AdminCommand::list_use(GroupType group, OpcodeSet opcodes)
{
	AdminCommand command{AdminOpcode::list_use, group, no_member};

	command.data_length_ = sizeof(u64);
	base::store_le(Bytes{command.data_, sizeof(u64)}, opcodes.bits());
	return command;
}

AdminCommand AdminCommand::notify_info(GroupType group, MemberId member)
{
	AdminCommand command{AdminOpcode::legacy_notify_info, group, member};

	command.result_length_ = max_result;
	return command;
}

void AdminCommand::encode(std::span<u8, max_readable> to) const
{
	*reinterpret_cast<wire::AdminHeader *>(to.data()) = {
		.opcode = base::Le16{static_cast<u16>(opcode_)},
		.group_type = base::Le16{group_},
		.reserved = {},
		.member = base::Le64{member_},
	};
	base::copy_bytes(to.subspan<sizeof(wire::AdminHeader)>(), data_);
}

base::Status decode_answer(ConstBytes written, u32 used, AdminAnswer &answer)
{
	constexpr usize head = sizeof(wire::AdminStatus);
	// Bytes that the device did not write are zero, status included.
	const auto byte = [&](usize i) { return i < used ? written[i] : u8{0}; };
	const auto word = [&](usize i) { return static_cast<u16>(byte(i) | byte(i + 1) << 8); };

	if (used > written.size())
		return base::Error::protocol;
	answer.status = word(offsetof(wire::AdminStatus, status));
	answer.qualifier = word(offsetof(wire::AdminStatus, qualifier));
	for (usize i = 0; i < sizeof(answer.result) && head + i < written.size(); i++)
		answer.result[i] = byte(head + i);
	return {};
}

namespace {

/// 2.12.1: the statuses are Linux errno numbers, and these are all.
constexpr base::Error named_statuses[] = {
	base::Error::no_such_address, base::Error::again,   base::Error::no_memory,
	base::Error::busy,	      base::Error::invalid, base::Error::no_space,
};

} // namespace

bool status_is_named(u16 status)
{
	for (base::Error named : named_statuses)
		if (status == static_cast<u16>(named))
			return true;
	return status == 0;
}

base::Status status_result(u16 status)
{
	if (status == 0)
		return {};
	if (status_is_named(status))
		return static_cast<base::Error>(status);
	return base::Error::invalid;
}

} // namespace core
