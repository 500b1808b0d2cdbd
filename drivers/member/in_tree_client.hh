// SPDX-License-Identifier: GPL-2.0-only
// The way through the kernel's own virtio-pci on the PF.
#pragma once

#include "member/admin_client.hh"
#include "member/failure_pace.hh"
#include "member/function.hh"
#include "member/in_tree_slot.hh"

namespace member {

/**
 * class InTreeClient - a member whose PF the kernel's virtio-pci drives
 *
 * While the device keeps a command long past its time, the member's others fail
 * at once. What the client answers is filtered: it passes on any status. The client logs each
 * command that fails, without limit, so a caller of one waits: see FailurePace.
 */
class InTreeClient final : public AdminClient {
public:
	InTreeClient(Function &function, InTreeSlot *slot) : function_(function), slot_(slot) {}

	/// Before its end; a command that the device still has goes on without it.
	void release() { slot_->release(); }

	[[nodiscard]] const char *name() const override { return "in-tree"; }
	/// Never calls back: virtio-pci tells nothing of its device.
	[[nodiscard]] Status open(virtio_owner_callback, void *) override;
	void close() override;
	[[nodiscard]] Status quiesce() override;
	void resume() override { held_.store(false); }
	[[nodiscard]] Status execute(std::span<core::Access> accesses, usize &done,
				     Deadline &deadline) override;
	/// Resets of the PF are virtio-pci's, which tells nobody.
	[[nodiscard]] u32 epoch() const override { return 0; }
	[[nodiscard]] Status notify_info(Bytes entries, u64 deadline) override;
	/// The PF's BARs are virtio-pci's.
	[[nodiscard]] bool claim_doorbell(const core::BarRange &) override { return false; }
	void ring_doorbell(u16) override {}
	void stats(virtio_owner_stats &stats) const override;

private:
	[[nodiscard]] bool lost() const { return lost_.load() && slot_->orphaned(); }
	Status submit(const InTreeRequest &request, u64 deadline, InTreeAnswer &answer);
	Status attempt(const InTreeRequest &request, u64 deadline, InTreeAnswer &answer);
	Status repeat(const InTreeRequest &request, u64 deadline, InTreeAnswer &answer);
	Status access(core::Access &access, u64 deadline);

	Function &function_;
	InTreeSlot *slot_;
	base::Atomic<bool> open_{false};
	base::Atomic<bool> held_{false}; ///< under a function reset
	base::Atomic<bool> lost_{false}; ///< the orphan, if any, had its time
	base::Atomic<u64> commands_[wire::admin_opcodes];
	base::Atomic<u64> timeouts_;
	FailurePace pace_;
};

} // namespace member
