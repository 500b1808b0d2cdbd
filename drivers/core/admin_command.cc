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

AdminCommand AdminCommand::legacy_read(GroupType group, MemberId member, LegacySpace space,
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

AdminCommand AdminCommand::legacy_write(GroupType group, MemberId member, LegacySpace space,
					u8 offset, ConstBytes data)
{
	AdminCommand command{space == LegacySpace::common ? AdminOpcode::legacy_common_write
							  : AdminOpcode::legacy_device_write,
			     group, member};
	constexpr usize head = sizeof(wire::LegacyWriteHead);

	command.data_[0] = offset;
	const usize copied = base::copy_bytes(Bytes{command.data_}.subspan(head), data);
	command.data_length_ = static_cast<u8>(head + copied);
	return command;
}

AdminCommand AdminCommand::notify_info(GroupType group, MemberId member)
{
	AdminCommand command{AdminOpcode::legacy_notify_info, group, member};

	command.result_length_ = max_result;
	return command;
}

void AdminCommand::encode(Bytes to) const
{
	constexpr usize head = sizeof(wire::AdminHeader);

	if (to.size() < readable())
		return;
	const wire::AdminHeader header = {
		.opcode = base::Le16{static_cast<u16>(opcode_)},
		.group_type = base::Le16{group_.value()},
		.reserved = {},
		.member = base::Le64{member_.value()},
	};
	base::copy_bytes(to, {reinterpret_cast<const u8 *>(&header), head});
	base::copy_bytes(to.subspan(head), ConstBytes{data_, data_length_});
}

base::Status decode_answer(ConstBytes written, u32 used, AdminAnswer &answer)
{
	if (used > written.size())
		return base::Error::protocol;

	// Bytes that the device did not write are zero, status included.
	wire::AdminStatus head;
	const ConstBytes bytes = written.first(used);
	answer = {};
	base::copy_bytes({reinterpret_cast<u8 *>(&head), sizeof(head)}, bytes);
	if (used > sizeof(head))
		base::copy_bytes(answer.result, bytes.subspan(sizeof(head)));
	answer.status = head.status.get();
	answer.qualifier = head.qualifier.get();
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
