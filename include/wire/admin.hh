// SPDX-License-Identifier: GPL-2.0-only
// Admin commands: virtio 1.3, 2.12 "Device groups" and 2.12.1.1 "Legacy
// Interfaces". Offsets are pinned to numbers.h, which the kernel's uapi headers
// are checked against.
#pragma once

#include "base/le.hh"
#include "wire/numbers.h"

namespace wire {

using base::Le16;
using base::Le64;
using base::u16;
using base::u64;
using base::u8;

enum class AdminOpcode : u16 {
	list_query = WIRE_ADMIN_LIST_QUERY,
	list_use = WIRE_ADMIN_LIST_USE,
	legacy_common_write = WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE,
	legacy_common_read = WIRE_ADMIN_LEGACY_COMMON_CFG_READ,
	legacy_device_write = WIRE_ADMIN_LEGACY_DEV_CFG_WRITE,
	legacy_device_read = WIRE_ADMIN_LEGACY_DEV_CFG_READ,
	legacy_notify_info = WIRE_ADMIN_LEGACY_NOTIFY_INFO,
};

/// How many opcodes this project sends: 0 to legacy_notify_info.
constexpr u16 admin_opcodes = WIRE_ADMIN_LEGACY_NOTIFY_INFO + 1;

/// 2.12.1: the first bytes of every command.
struct AdminHeader {
	Le16 opcode;
	Le16 group_type;
	u8 reserved[12];
	Le64 member;
};
static_assert(sizeof(AdminHeader) == WIRE_ADMIN_HEADER_SIZE);
static_assert(offsetof(AdminHeader, member) == WIRE_ADMIN_HEADER_MEMBER_OFFSET);

/// 2.12.1: the first bytes of every answer.
struct AdminStatus {
	Le16 status;
	Le16 qualifier;
	u8 reserved[4];
};
static_assert(sizeof(AdminStatus) == WIRE_ADMIN_STATUS_SIZE);

/// 2.12.1.1.1, .3: what stands before the written bytes.
struct LegacyWriteHead {
	u8 offset;
	u8 reserved[7];
};
static_assert(sizeof(LegacyWriteHead) == WIRE_ADMIN_LEGACY_WRITE_DATA_OFFSET);

/// 2.12.1.1.2, .4: the length of a read is the length of the answer's buffer.
struct LegacyReadHead {
	u8 offset;
};
static_assert(sizeof(LegacyReadHead) == 1);

/// 2.12.1.1.5
struct NotifyEntry {
	u8 flags;
	u8 bar;
	u8 padding[6];
	Le64 offset;
};
static_assert(sizeof(NotifyEntry) == WIRE_ADMIN_NOTIFY_ENTRY_SIZE);
static_assert(offsetof(NotifyEntry, offset) == 8);

constexpr u16 group_sriov = WIRE_ADMIN_GROUP_SRIOV;

} // namespace wire
