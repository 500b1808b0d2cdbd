// SPDX-License-Identifier: GPL-2.0-only
// The ring of an admin queue, and the memory of its commands: virtio 1.3, 2.13.
#pragma once

#include "core/admin_command.hh"
#include "core/split_ring.hh"
#include "kernel/dma.h"
#include "owner/queue_registers.hh"

namespace owner {

using base::Bytes;

/**
 * class CommandRing - the memory that an admin queue shares with its device
 *
 * Invariant: each slot has descriptors and memory of its own. A used entry counts only if it names
 * a slot. Bytes that the device does not write are no answer to an earlier command.
 *
 * Not locked: the caller holds the queue's lock, except where has_used() is said to need none.
 */
class CommandRing {
public:
	/// A slot whose command the device returned.
	struct Used {
		u16 slot;
		u32 length; ///< bytes written, as the device says
	};

	/**
	 * room() - how many slots a ring has room for
	 * @entries: of the ring
	 * @indirect: a slot uses one entry instead of two
	 */
	[[nodiscard]] static constexpr u16 room(u16 entries, bool indirect)
	{
		return indirect ? entries : entries / 2;
	}

	/**
	 * init() - allocate the memory
	 * @entries: of the ring
	 * @slots: at most room()
	 * @indirect: VIRTIO_F_INDIRECT_DESC is negotiated: a slot uses one entry instead of two
	 * @translated: VIRTIO_F_ACCESS_PLATFORM is negotiated
	 *
	 * Context: may sleep. Return: success, or Error::no_memory.
	 */
	[[nodiscard]] base::Status init(kn_pci *pci, u16 entries, u16 slots, bool indirect,
					bool translated);
	/// Frees the memory. The device must not access it any more.
	void destroy(kn_pci *pci);
	/// Leaves the memory to the device, which may still access it.
	void abandon();

	[[nodiscard]] u16 entries() const { return ring_.size(); }
	[[nodiscard]] bool indirect() const { return indirect_; }
	[[nodiscard]] bool translated() const { return dma_.translated; }
	[[nodiscard]] QueueAddresses addresses() const
	{
		return {ring_.descriptor_address(), ring_.driver_address(),
			ring_.device_address()};
	}

	/// Gives the command of @access for @member to the device, in the free slot @slot.
	void submit(u16 slot, const core::Access &access, core::MemberId member);
	/// As SplitRing::set_interrupts(). clear() makes them wanted again.
	void set_interrupts(bool wanted) { ring_.set_interrupts(wanted); }
	/// Whether the device wants a notification of what was submitted.
	[[nodiscard]] bool wants_notification() const { return ring_.wants_notification(); }

	/// Whether take_used() may find something. Context: any; without the lock the result may
	/// be out of date.
	[[nodiscard]] bool has_used() const { return ring_.has_used(); }
	/**
	 * take_used() - take the next command that the device returned
	 * @used: set if there is one
	 * @in_flight: how many commands the device has
	 *
	 * Return: whether there is one; Error::protocol if it names no slot.
	 */
	[[nodiscard]] base::Result<bool> take_used(Used &used, u16 in_flight)
	{
		core::SplitRing::Used element;

		if (!TRY(ring_.take_used(element, in_flight)))
			return false;
		const u32 slot = indirect_ ? element.id : element.id / 2;
		if (slot >= slots_ || element.id != head_of(static_cast<u16>(slot)))
			return base::Error::protocol;
		used = {.slot = static_cast<u16>(slot), .length = element.length};
		return true;
	}
	/// What the device may write for the command of @access in @slot.
	[[nodiscard]] base::ConstBytes answer(u16 slot, const core::Access &access) const
	{
		return base::ConstBytes{memory_[slot].writable}.first(core::writable_length(access));
	}
	/// Empties the ring, after a confirmed reset.
	void clear();

private:
	/// Memory of a slot. What the device writes has cache lines of its own.
	struct Memory {
		alignas(64) u8 readable[core::max_readable];
		alignas(64) u8 writable[core::max_writable];
		alignas(64) wire::RingDescriptor indirect[2];
	};

	[[nodiscard]] u16 head_of(u16 slot) const
	{
		return indirect_ ? slot : static_cast<u16>(2 * slot);
	}
	void write_descriptors(u16 slot, const core::Access &access);

	kn_dma dma_ = {};
	core::SplitRing ring_;
	Memory *memory_ = nullptr; ///< of the slots, behind the ring
	u64 memory_address_ = 0;   ///< as the device sees it
	u16 slots_ = 0;
	bool indirect_ = false;
};

/// Two descriptors, the device-readable one first (2.13): in the ring, or in a table of the
/// slot.
inline void CommandRing::write_descriptors(u16 slot, const core::Access &access)
{
	const u64 address = memory_address_ + sizeof(Memory) * slot;
	const u16 head = head_of(slot);
	const wire::RingDescriptor out = {
		base::Le64{address + offsetof(Memory, readable)},
		base::Le32{core::readable_length(access)},
		base::Le16{WIRE_RING_DESC_NEXT},
		base::Le16{static_cast<u16>(indirect_ ? 1 : head + 1)},
	};
	const wire::RingDescriptor in = {
		base::Le64{address + offsetof(Memory, writable)},
		base::Le32{core::writable_length(access)},
		base::Le16{WIRE_RING_DESC_WRITE},
		base::Le16{0},
	};

	if (!indirect_) {
		ring_.describe(head, out);
		ring_.describe(static_cast<u16>(head + 1), in);
		return;
	}
	Memory &memory = memory_[slot];
	memory.indirect[0] = out;
	memory.indirect[1] = in;
	ring_.describe(head, {
		base::Le64{address + offsetof(Memory, indirect)},
		base::Le32{sizeof(memory.indirect)},
		base::Le16{WIRE_RING_DESC_INDIRECT},
		base::Le16{0},
	});
}

/// Clears the device-writable bytes, too: bytes that the device does not write must not be the
/// answer to another member.
inline void CommandRing::submit(u16 slot, const core::Access &access, core::MemberId member)
{
	constexpr base::usize usual = sizeof(wire::AdminStatus) + core::max_legacy_data;
	Memory &memory = memory_[slot];

	core::encode_command(access, member, memory.readable);
	base::fill_bytes(Bytes{memory.writable}.first(usual), 0);
	if (core::writable_length(access) > usual)
		base::fill_bytes(Bytes{memory.writable}.subspan(usual), 0);
	write_descriptors(slot, access);
	ring_.publish(head_of(slot));
}

} // namespace owner
