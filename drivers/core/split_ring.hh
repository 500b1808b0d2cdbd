// SPDX-License-Identifier: GPL-2.0-only
// The driver's side of a split virtqueue: virtio 1.3, 2.7.
#pragma once

#include "base/atomic.hh"
#include "base/result.hh"
#include "wire/ring.hh"

namespace core {

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using base::usize;

/**
 * class SplitRing - descriptors, available and used ring in memory given to it
 *
 * The device may write any of that memory at any time, so nothing is read back
 * but the used ring, and of that each value once. Not locked: the caller is, where
 * nothing else is said.
 */
class SplitRing {
public:
	struct Used {
		u32 id;	    ///< as the device wrote it: to be checked
		u32 length; ///< as the device wrote it: to be checked
	};

	/// Bytes that a ring of @size descriptors takes.
	[[nodiscard]] static usize bytes(u16 size);

	/**
	 * init() - lay out an empty ring
	 * @memory: bytes(@size) or more, aligned to 16
	 * @address: of @memory as the device sees it
	 */
	void init(void *memory, u64 address, u16 size);

	[[nodiscard]] u64 descriptor_address() const { return address_; }
	[[nodiscard]] u64 driver_address() const;
	[[nodiscard]] u64 device_address() const;
	[[nodiscard]] u16 size() const { return size_; }

	/// Writes descriptor @index (below size()).
	void describe(u16 index, const wire::RingDescriptor &descriptor)
	{
		descriptors_[index] = descriptor;
	}

	/// Makes it empty again, with interrupts wanted. Others may ask has_used() meanwhile.
	void clear();

	/// Says whether the driver wants an interrupt for used chains (2.7.7). A device may ignore it.
	void set_interrupts(bool wanted)
	{
		base::device_store(driver_area_[ring_flags],
				   static_cast<u16>(wanted ? 0 : WIRE_RING_AVAIL_NO_INTERRUPT));
	}

	/// Makes the chain that starts at @head available to the device.
	void publish(u16 head)
	{
		driver_area_[ring_entries + available_ % size_] = base::Le16{head};
		available_++;
		base::device_store(driver_area_[ring_index], available_);
	}

	/// Whether the device wants to be notified of what was published (2.7.13.4).
	[[nodiscard]] bool wants_notification() const
	{
		base::full_barrier(); // the index must be visible before the flags are read
		return !(base::device_load(device_area_[ring_flags]) & WIRE_RING_USED_NO_NOTIFY);
	}

	/// Whether there may be something to take. Context: any, the caller need not be locked;
	/// the answer may be out of date then.
	[[nodiscard]] bool has_used() const
	{
		return base::device_load(device_area_[ring_index]) != seen_.load();
	}

	/**
	 * take_used() - the next chain that the device returned
	 *
	 * Return: true and @used, false if there is none, Error::protocol if the
	 * device returned more than @outstanding chains.
	 */
	[[nodiscard]] base::Result<bool> take_used(Used &used, u16 outstanding)
	{
		const u16 seen = seen_.load();
		const u16 returned =
			static_cast<u16>(base::device_load(device_area_[ring_index]) - seen);

		if (returned == 0)
			return false;
		if (returned > outstanding)
			return base::Error::protocol;

		const wire::RingUsedElement &element = used_element(seen % size_);
		used = {.id = base::device_load(element.id),
			.length = base::device_load(element.length)};
		seen_.store(static_cast<u16>(seen + 1));
		return true;
	}

private:
	/// Words of the driver and of the device area.
	enum Word : usize {
		ring_flags,
		ring_index,
		ring_entries, ///< the first of them
	};

	[[nodiscard]] static usize used_offset(u16 size);

	[[nodiscard]] const wire::RingUsedElement &used_element(usize number) const
	{
		return reinterpret_cast<const wire::RingUsedElement *>(device_area_ +
								       ring_entries)[number];
	}

	wire::RingDescriptor *descriptors_ = nullptr;
	base::Le16 *driver_area_ = nullptr;
	base::Le16 *device_area_ = nullptr;
	u64 address_ = 0;
	u16 size_ = 0;
	u16 available_ = 0; ///< index after the last published chain
	base::Atomic<u16> seen_{0}; ///< index after the last used chain taken
};

} // namespace core
