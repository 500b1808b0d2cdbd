// SPDX-License-Identifier: GPL-2.0-only
// The way through virtio_owner, which does all of it.
#pragma once

#include "member/admin_client.hh"

namespace member {

class OwnerClient final : public AdminClient {
public:
	explicit OwnerClient(virtio_owner_member *member) : member_(member) {}

	/// Whether the device has the legacy commands, or why it did not say.
	[[nodiscard]] base::Result<bool> has_legacy()
	{
		const int has = virtio_owner_has_legacy(member_);

		return has < 0 ? base::Result<bool>{base::from_errno(has)} : has != 0;
	}

	[[nodiscard]] const char *name() const override { return "own"; }
	[[nodiscard]] Status open(virtio_owner_callback at_risk, void *context) override
	{
		return base::status_of(virtio_owner_open(member_, at_risk, context));
	}
	void close() override { virtio_owner_close(member_); }
	[[nodiscard]] Status quiesce() override
	{
		return base::status_of(virtio_owner_quiesce(member_));
	}
	void resume() override { virtio_owner_resume(member_); }
	[[nodiscard]] Status execute(std::span<core::Access> accesses, base::usize &done,
				     Deadline &deadline) override;
	[[nodiscard]] base::u32 epoch() const override { return virtio_owner_epoch(member_); }
	[[nodiscard]] Status notify_info(Bytes entries, u64 deadline) override;
	[[nodiscard]] bool claim_doorbell(const core::BarRange &address) override;
	void ring_doorbell(u16 queue) override;
	void stats(virtio_owner_stats &stats) const override;

private:
	virtio_owner_member *member_;
};

} // namespace member
