// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/slot_table.hh"

#include "kernel/memory.h"

namespace owner {

using core::Access;

namespace {

/// Fewer have no room for one that no request uses.
constexpr u32 min_slots_with_probe = 3;

} // namespace

Status SlotTable::init(kn_pci *pci, u16 ring_size, bool indirect, bool translated, u32 max_slots)
{
	const u32 all = CommandRing::room(ring_size, indirect);
	const bool has_probe = all >= min_slots_with_probe;
	const u16 requests = static_cast<u16>(base::minimum(max_slots, all - has_probe));
	const u16 slots = static_cast<u16>(requests + has_probe);

	if (requests == 0)
		return Error::not_supported;
	slots_ = static_cast<Slot *>(kn_alloc(sizeof(Slot) * slots));
	links_ = static_cast<u16 *>(kn_alloc(sizeof(u16) * slots));
	if (!slots_ || !links_ ||
	    !ring_.init(pci, ring_size, slots, indirect, translated).ok()) {
		destroy(pci);
		return Error::no_memory;
	}
	size_ = slots;
	has_probe_ = has_probe;
	return {};
}

void SlotTable::destroy(kn_pci *pci)
{
	ring_.destroy(pci);
	abandon();
}

void SlotTable::abandon()
{
	ring_.abandon();
	kn_free(slots_);
	kn_free(links_);
	slots_ = nullptr;
	links_ = nullptr;
	size_ = 0;
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

	counts_.all++;
	if (member)
		member->outstanding++;
	else
		counts_.group++;
	if (!entry.sampled)
		counts_.unsampled++;
	ring_.submit(slot, access, member ? member->id : core::no_member);
}

Status SlotTable::read_answer(const Used &used)
{
	const Slot &slot = slots_[used.slot];
	Request &request = *slot.request;
	Access &access = request.accesses[slot.index];

	return core::decode_answer(ring_.answer(used.slot, access), used.length, access,
				   request.result);
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

void SlotTable::drop_members()
{
	for (u16 i = 0; i < size_; i++) {
		slots_[i].member = nullptr;
		if (!slots_[i].group)
			slots_[i].sender = nullptr;
	}
}

} // namespace owner
