// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/slot_table.hh"

#include "kernel/memory.h"

namespace owner {

using base::ConstBytes;
using core::Access;

/// What the device writes has cache lines of its own.
struct SlotTable::Memory {
	alignas(64) u8 readable[core::max_readable];
	alignas(64) u8 writable[core::max_writable];
	alignas(64) wire::RingDescriptor indirect[2];
};

namespace {

/// Fewer have no room for one that no request uses.
constexpr u32 min_slots_with_probe = 3;

usize aligned(usize bytes, usize alignment)
{
	return (bytes + alignment - 1) & ~(alignment - 1);
}

} // namespace

inline SlotTable::Memory &SlotTable::memory_of(u16 slot) const
{
	return memory_[slot];
}

Status SlotTable::init(kn_pci *pci, u16 ring_size, bool indirect, bool translated, u32 max_slots)
{
	const u32 all = room(ring_size, indirect);
	const bool has_probe = all >= min_slots_with_probe;
	const u16 requests = static_cast<u16>(base::minimum(max_slots, all - has_probe));
	const u16 slots = static_cast<u16>(requests + has_probe);
	const usize ring = aligned(core::SplitRing::bytes(ring_size), alignof(Memory));

	if (requests == 0)
		return Error::not_supported;
	slots_ = static_cast<Slot *>(kn_alloc(sizeof(Slot) * slots));
	links_ = static_cast<u16 *>(kn_alloc(sizeof(u16) * slots));
	if (!slots_ || !links_ ||
	    kn_dma_alloc(pci, &dma_, ring + sizeof(Memory) * slots, translated)) {
		destroy(pci);
		return Error::no_memory;
	}

	memory_ = reinterpret_cast<Memory *>(static_cast<u8 *>(dma_.memory) + ring);
	memory_address_ = dma_.address + ring;
	size_ = slots;
	indirect_ = indirect;
	has_probe_ = has_probe;
	ring_.init(dma_.memory, dma_.address, ring_size);
	return {};
}

void SlotTable::destroy(kn_pci *pci)
{
	kn_dma memory = dma_;

	abandon();
	kn_dma_free(pci, &memory);
}

void SlotTable::abandon()
{
	dma_ = {};
	memory_ = nullptr;
	kn_free(slots_);
	kn_free(links_);
	slots_ = nullptr;
	links_ = nullptr;
	size_ = 0;
}

QueueAddresses SlotTable::addresses() const
{
	return {ring_.descriptor_address(), ring_.driver_address(), ring_.device_address()};
}

/// Two descriptors, the device-readable one first (2.13): in the ring, or in a table of the
/// slot.
inline void SlotTable::write_descriptors(u16 slot, const Access &access)
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
	Memory &memory = memory_of(slot);
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
inline void SlotTable::write_command(u16 slot, const Access &access, core::MemberId member)
{
	constexpr usize usual = sizeof(wire::AdminStatus) + core::max_legacy_data;
	Memory &memory = memory_of(slot);

	core::encode_command(access, member, memory.readable);
	base::fill_bytes(Bytes{memory.writable}.first(usual), 0);
	if (core::writable_length(access) > usual)
		base::fill_bytes(Bytes{memory.writable}.subspan(usual), 0);
	write_descriptors(slot, access);
}

void SlotTable::submit(Request &request, u16 slot)
{
	const Access &access = request.accesses[request.submitted];
	Member *const member = request.member;
	Slot &entry = slots_[slot];

	entry.in_flight = true;
	entry.group = member == nullptr;
	entry.sampled = access.opcode == WIRE_ADMIN_LEGACY_COMMON_CFG_READ;
	entry.index = request.submitted;
	entry.position = static_cast<u16>(counts_.all - counts_.overdue + 1);
	entry.submitted_us = request.since_us;
	entry.member = member;
	entry.sender = &request.sender;
	entry.request = &request;
	request.note_submitted(slot);

	write_command(slot, access, member ? member->id : core::no_member);
	counts_.all++;
	if (member)
		member->outstanding++;
	else
		counts_.group++;
	if (!entry.sampled)
		counts_.unsampled++;
	ring_.publish(head_of(slot));
}

Status SlotTable::read_answer(const Used &used)
{
	const Slot &slot = slots_[used.slot];
	Request &request = *slot.request;
	Access &access = request.accesses[slot.index];

	return core::decode_answer(ConstBytes{memory_of(used.slot).writable}.first(
					   core::writable_length(access)),
				   used.length, access, request.result);
}

void SlotTable::orphan(u16 slot, Error reason)
{
	Slot &entry = slots_[slot];
	Request &request = *entry.request;

	entry.request = nullptr;
	counts_.orphans++;
	if (entry.member)
		entry.member->orphans++;
	request.finish(entry.index, reason);
}

u32 SlotTable::member_orphans() const
{
	u32 orphans = 0;

	for (u16 i = 0; i < size_; i++)
		orphans += slots_[i].in_flight && slots_[i].member && !slots_[i].request;
	return orphans;
}

bool SlotTable::has_closed() const
{
	for (u16 i = 0; i < size_; i++)
		if (slots_[i].in_flight && !(slots_[i].member && slots_[i].member->open))
			return true;
	return false;
}

Member *SlotTable::oldest_member() const
{
	const Slot *oldest = nullptr;

	for (u16 i = 0; i < size_; i++)
		if (slots_[i].in_flight &&
		    (!oldest || slots_[i].submitted_us < oldest->submitted_us))
			oldest = &slots_[i];
	return oldest ? oldest->member : nullptr;
}

void SlotTable::mark_overdue(u64 now_us, u64 patience_us)
{
	for (u16 i = 0; i < size_; i++) {
		Slot &slot = slots_[i];
		if (!slot.in_flight || slot.overdue || now_us - slot.submitted_us < patience_us)
			continue;
		slot.overdue = true;
		counts_.overdue++;
	}
}

void SlotTable::clear_ring()
{
	if (dma_.memory)
		ring_.clear();
}

void SlotTable::drop_members()
{
	for (u16 i = 0; i < size_; i++) {
		slots_[i].member = nullptr;
		if (!slots_[i].group)
			slots_[i].sender = nullptr;
	}
}

} // namespace owner
