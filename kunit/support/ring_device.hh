// SPDX-License-Identifier: GPL-2.0-only
// The device's side of the ring of an admin queue.
#pragma once

#include "base/le.hh"
#include "kunit/support/part.hh"
#include "owner/queue/command_ring.hh"

namespace support {

using base::u16;
using base::u32;
using base::u64;
using base::u8;

/// What a device reads and writes of @ring.
struct RingDevice {
	const owner::CommandRing &ring;
	u16 used = 0; ///< the device's index

	/// Index of the available ring.
	[[nodiscard]] u16 available() const { return word(ring.addresses().driver + 2); }
	/// Head of the nth published chain.
	[[nodiscard]] u16 head(u32 n) const
	{
		return word(ring.addresses().driver + 4 + u64{2} * (n % ring.entries()));
	}
	/// Descriptor @index of the ring, or of the table at @address.
	[[nodiscard]] wire::RingDescriptor descriptor(u16 index, u64 address = 0) const
	{
		wire::RingDescriptor copy;
		const u64 base = address ? address : ring.addresses().descriptors;

		__builtin_memcpy(&copy, device_view(base + sizeof(copy) * index), sizeof(copy));
		return copy;
	}
	/// The device returns the chain at @id, of which it says that it wrote @length bytes.
	void use(u32 id, u32 length)
	{
		u8 *const element = device_view(ring.addresses().device + 4 +
						u64{8} * (used % ring.entries()));
		u8 *const index = device_view(ring.addresses().device + 2);

		base::store_le({element, 4}, id);
		base::store_le({element + 4, 4}, length);
		base::store_le({index, 2}, ++used);
	}
	/// The device answers the chain at @id with @bytes.
	void answer(u32 id, base::ConstBytes bytes)
	{
		const wire::RingDescriptor first = descriptor(static_cast<u16>(id));
		const bool indirect = first.flags.get() & WIRE_RING_DESC_INDIRECT;
		const wire::RingDescriptor in =
			indirect ? descriptor(1, first.address.get()) : descriptor(first.next.get());

		base::copy_bytes({device_view(in.address.get()), bytes.size()}, bytes);
		use(id, static_cast<u32>(bytes.size()));
	}
	/// The device answers with success, and @status as the value that was read.
	void answer_status(u32 id, u8 status)
	{
		const u8 bytes[9] = {0, 0, 0, 0, 0, 0, 0, 0, status};

		answer(id, bytes);
	}

private:
	[[nodiscard]] static u16 word(u64 address)
	{
		return static_cast<u16>(base::load_le({device_view(address), 2}));
	}
};

} // namespace support
