// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/command_ring.hh"

namespace owner {

using base::Error;
using base::Status;
using base::usize;

namespace {

usize aligned(usize bytes, usize alignment)
{
	return (bytes + alignment - 1) & ~(alignment - 1);
}

} // namespace

Status CommandRing::init(kn_pci *pci, u16 entries, u16 slots, bool indirect, bool translated)
{
	const usize ring = aligned(core::SplitRing::bytes(entries), alignof(Memory));

	if (kn_dma_alloc(pci, &dma_, ring + sizeof(Memory) * slots, translated))
		return Error::no_memory;
	memory_ = reinterpret_cast<Memory *>(static_cast<u8 *>(dma_.memory) + ring);
	memory_address_ = dma_.address + ring;
	slots_ = slots;
	indirect_ = indirect;
	ring_.init(dma_.memory, dma_.address, entries);
	return {};
}

void CommandRing::destroy(kn_pci *pci)
{
	kn_dma memory = dma_;

	abandon();
	kn_dma_free(pci, &memory);
}

void CommandRing::abandon()
{
	dma_ = {};
	memory_ = nullptr;
	slots_ = 0;
}

void CommandRing::clear()
{
	if (dma_.memory)
		ring_.clear();
}

} // namespace owner
