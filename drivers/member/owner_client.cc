// SPDX-License-Identifier: GPL-2.0-only
#include "member/owner_client.hh"

namespace member {

namespace {

void fill(virtio_owner_access &request, const core::LegacyAccess &access)
{
	request.space = access.space == core::LegacySpace::common ? VIRTIO_OWNER_COMMON
								  : VIRTIO_OWNER_DEVICE;
	request.write = access.write;
	request.offset = access.offset;
	request.length = access.length;
	base::store_le(request.data, access.value);
}

} // namespace

int OwnerClient::execute(std::span<core::LegacyAccess> accesses, base::usize &done, u64 deadline)
{
	[[gnu::uninitialized]] virtio_owner_access list[VIRTIO_OWNER_MAX_ACCESSES];
	unsigned succeeded = 0;

	done = 0;
	if (accesses.size() > std::size(list))
		return base::to_errno(base::Error::invalid);
	for (base::usize i = 0; i < accesses.size(); i++)
		fill(list[i], accesses[i]);
	const int error = virtio_owner_legacy_access(
		member_, list, static_cast<unsigned>(accesses.size()), &succeeded, deadline);
	for (; done < succeeded; done++)
		accesses[done].value = base::load_le(list[done].data);
	return error;
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
