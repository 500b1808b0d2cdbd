// SPDX-License-Identifier: GPL-2.0-only
#include "core/split_ring.hh"

namespace core {

namespace {

// Both rings start with two 16-bit words: flags, then the running index.
constexpr usize ring_index = 2;
constexpr usize ring_entries = 4;

u16 *word_at(u8 *memory, usize offset)
{
	return reinterpret_cast<u16 *>(memory + offset);
}

} // namespace

usize SplitRing::used_offset(u16 size)
{
	constexpr usize alignment = 4; // 2.7: of the used ring

	return (wire::ring_desc_bytes(size) + wire::ring_avail_bytes(size) + alignment - 1) &
	       ~(alignment - 1);
}

usize SplitRing::bytes(u16 size)
{
	return used_offset(size) + wire::ring_used_bytes(size);
}

void SplitRing::init(void *memory, u64 address, u16 size)
{
	memory_ = static_cast<u8 *>(memory);
	address_ = address;
	size_ = size;
	available_ = 0;
	seen_ = 0;
	base::fill_bytes({memory_, bytes(size)}, 0);
}

u64 SplitRing::driver_address() const
{
	return address_ + wire::ring_desc_bytes(size_);
}

u64 SplitRing::device_address() const
{
	return address_ + used_offset(size_);
}

void SplitRing::describe(u16 index, const wire::RingDescriptor &descriptor)
{
	reinterpret_cast<wire::RingDescriptor *>(memory_)[index] = descriptor;
}

void SplitRing::publish(u16 head)
{
	const usize ring = wire::ring_desc_bytes(size_);
	const usize entry = ring + ring_entries + 2u * (available_ % size_);

	*word_at(memory_, entry) = head;
	available_++;
	base::device_store(*word_at(memory_, ring + ring_index), available_);
}

bool SplitRing::wants_notification() const
{
	base::full_barrier(); // the index must be visible before the flags are read
	const u16 flags = base::device_load(*word_at(memory_, used_offset(size_)));
	return !(flags & WIRE_RING_USED_NO_NOTIFY);
}

base::Result<bool> SplitRing::take_used(Used &used, u16 outstanding)
{
	const usize ring = used_offset(size_);
	const u16 index = base::device_load(*word_at(memory_, ring + ring_index));
	const u16 returned = static_cast<u16>(index - seen_);

	if (returned == 0)
		return false;
	if (returned > outstanding)
		return base::Error::protocol;

	const auto *element = reinterpret_cast<const u32 *>(
		memory_ + ring + ring_entries +
		sizeof(wire::RingUsedElement) * static_cast<usize>(seen_ % size_));
	used = {.id = base::device_load(element[0]), .length = base::device_load(element[1])};
	seen_++;
	return true;
}

} // namespace core
