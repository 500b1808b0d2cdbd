// SPDX-License-Identifier: GPL-2.0-only
#include "member/owner_client.hh"

namespace member {

Status OwnerClient::execute(std::span<core::Access> accesses, base::usize &done, Deadline &deadline)
{
	unsigned succeeded = 0;
	const Status executed = base::status_of(
		virtio_owner_execute(member_, accesses.data(),
				     static_cast<unsigned>(accesses.size()), &succeeded,
				     deadline.base(), &deadline.queued_ms()));

	done = succeeded;
	return executed;
}

Status OwnerClient::notify_info(Bytes entries, u64 deadline)
{
	return base::status_of(virtio_owner_notify_info(member_, entries.data(), entries.size(),
							deadline));
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
