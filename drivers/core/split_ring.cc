// SPDX-License-Identifier: GPL-2.0-only
#include "core/split_ring.hh"

namespace core {

using base::Bytes;

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
	u8 *const start = static_cast<u8 *>(memory);

	descriptors_ = static_cast<wire::RingDescriptor *>(memory);
	driver_area_ = reinterpret_cast<base::Le16 *>(start + wire::ring_desc_bytes(size));
	device_area_ = reinterpret_cast<base::Le16 *>(start + used_offset(size));
	address_ = address;
	size_ = size;
	clear();
}

void SplitRing::clear()
{
	const Bytes ring{reinterpret_cast<u8 *>(descriptors_), bytes(size_)};
	const usize index = used_offset(size_) + ring_index * sizeof(base::Le16);

	available_ = 0;
	seen_.store(0);
	base::fill_bytes(ring.first(index), 0);
	base::device_store(device_area_[ring_index], u16{0}); // in one store, because has_used() is not locked
	base::fill_bytes(ring.subspan(index + sizeof(base::Le16)), 0);
}

u64 SplitRing::driver_address() const
{
	return address_ + wire::ring_desc_bytes(size_);
}

u64 SplitRing::device_address() const
{
	return address_ + used_offset(size_);
}

} // namespace core
