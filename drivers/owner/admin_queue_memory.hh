// SPDX-License-Identifier: GPL-2.0-only
// A command slot as it stands in the memory shared with the device.
#pragma once

#include "owner/admin_queue.hh"

namespace owner {

/// What the device writes is in cache lines of its own.
struct AdminQueue::SlotMemory {
	alignas(64) u8 readable[core::max_readable];
	alignas(64) u8 writable[core::max_writable];
	alignas(64) wire::RingDescriptor indirect[2];
};

inline AdminQueue::SlotMemory &AdminQueue::memory_of(u16 slot)
{
	return memory_[slot];
}

inline u64 AdminQueue::address_of(u16 slot) const
{
	return memory_address_ + sizeof(SlotMemory) * slot;
}

} // namespace owner
