// SPDX-License-Identifier: GPL-2.0-only
#include "core/split_ring.hh"

namespace core {

using base::Bytes;

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
	clear();
}

void SplitRing::clear()
{
	const Bytes ring{memory_, bytes(size_)};
	const usize index = used_offset(size_) + ring_index;

	available_ = 0;
	seen_.store(0);
	base::fill_bytes(ring.first(index), 0);
	base::device_store(used_index(), u16{0}); // at once: who asks has_used() is not locked
	base::fill_bytes(ring.subspan(index + sizeof(u16)), 0);
}

u16 &SplitRing::used_index() const
{
	return *word_at(memory_, used_offset(size_) + ring_index);
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

bool SplitRing::has_used() const
{
	return base::device_load(used_index()) != seen_.load();
}

base::Result<bool> SplitRing::take_used(Used &used, u16 outstanding)
{
	const usize ring = used_offset(size_);
	const u16 seen = seen_.load();
	const u16 returned = static_cast<u16>(base::device_load(used_index()) - seen);

	if (returned == 0)
		return false;
	if (returned > outstanding)
		return base::Error::protocol;

	const auto *element = reinterpret_cast<const u32 *>(
		memory_ + ring + ring_entries +
		sizeof(wire::RingUsedElement) * static_cast<usize>(seen % size_));
	used = {.id = base::device_load(element[0]), .length = base::device_load(element[1])};
	seen_.store(static_cast<u16>(seen + 1));
	return true;
}

} // namespace core
