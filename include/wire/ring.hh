// SPDX-License-Identifier: GPL-2.0-only
// Split virtqueue: virtio 1.3, 2.7.
#pragma once

#include "base/le.hh"
#include "wire/numbers.h"

namespace wire {

/// 2.7.5 "The Virtqueue Descriptor Table"
struct RingDescriptor {
	base::Le64 address;
	base::Le32 length;
	base::Le16 flags;
	base::Le16 next;
};
static_assert(sizeof(RingDescriptor) == 16);

/// 2.7.8 "The Virtqueue Used Ring"
struct RingUsedElement {
	base::Le32 id;
	base::Le32 length;
};
static_assert(sizeof(RingUsedElement) == 8);

/// Bytes of the three parts for @size descriptors (2.7, table of sizes). The two rings end in an
/// event index, which belongs to the part even if VIRTIO_F_EVENT_IDX is not negotiated.
constexpr base::usize ring_desc_bytes(base::u16 size)
{
	return sizeof(RingDescriptor) * size;
}
constexpr base::usize ring_avail_bytes(base::u16 size)
{
	return 6 + 2 * static_cast<base::usize>(size);
}
constexpr base::usize ring_used_bytes(base::u16 size)
{
	return 6 + sizeof(RingUsedElement) * size;
}

} // namespace wire
