// SPDX-License-Identifier: GPL-2.0-only
#include "core/admin_command.hh"

namespace core {

base::Status decode_answer(ConstBytes written, u32 used, Access &access, Bytes result)
{
	constexpr usize head = sizeof(wire::AdminStatus);
	// Bytes that the device did not write are zero, status included.
	const auto byte = [&](usize i) { return i < used ? written[i] : u8{0}; };

	if (used > written.size())
		return base::Error::protocol;
	access.status = static_cast<u16>(byte(offsetof(wire::AdminStatus, status)) |
					 byte(offsetof(wire::AdminStatus, status) + 1) << 8);
	if (access.opcode == WIRE_ADMIN_LEGACY_NOTIFY_INFO) {
		for (usize i = 0; i < result.size() && head + i < written.size(); i++)
			result[i] = byte(head + i);
		return {};
	}
	if (written.size() == head)
		return {};
	// LIST_USE with an empty set would forbid LIST_QUERY until a device reset.
	if (access.opcode == WIRE_ADMIN_LIST_QUERY && access.status == 0 && used < written.size())
		return base::Error::protocol;
	u64 value = 0;
	for (usize i = 0; i < sizeof(value) && head + i < written.size(); i++)
		value |= u64{byte(head + i)} << 8 * i;
	access.value = value;
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
