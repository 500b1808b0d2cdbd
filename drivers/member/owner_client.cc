// SPDX-License-Identifier: GPL-2.0-only
#include "member/owner_client.hh"

namespace member {

int OwnerClient::read(virtio_owner_space space, u8 offset, Bytes data, u64 deadline)
{
	return virtio_owner_legacy_read(member_, space, offset, data.data(), data.size(), deadline);
}

int OwnerClient::write(virtio_owner_space space, u8 offset, ConstBytes data, u64 deadline)
{
	return virtio_owner_legacy_write(member_, space, offset, data.data(), data.size(),
					 deadline);
}

int OwnerClient::notify_info(Bytes entries, u64 deadline)
{
	return virtio_owner_notify_info(member_, entries.data(), entries.size(), deadline);
}

bool OwnerClient::claim_doorbell(const core::BarRange &address)
{
	return virtio_owner_claim_doorbell(member_, address.bar, address.offset) == 0;
}

void OwnerClient::ring_doorbell(u16 queue)
{
	// Under reset or gone: as if the device had not noticed.
	(void)virtio_owner_ring_doorbell(member_, queue);
}

void OwnerClient::stats(virtio_owner_stats &stats) const
{
	virtio_owner_member_stats(member_, &stats);
}

} // namespace member
