// SPDX-License-Identifier: GPL-2.0-only
// The members of a group: opening and closing, notification addresses, statistics.
#pragma once

#include "owner/controller.hh"

namespace owner {

/**
 * class Members - the VFs of an owner, from sriov_numvfs=N to sriov_numvfs=0
 *
 * Invariant: a member that is open has one user. A member is freed after VF Enable was cleared. A
 * notification address has one claimant.
 *
 * Locks: the queue's lock protects all of it but the doorbells, which are compared with each other:
 * too many for a spinlock. create() and destroy() are for the PF's device lock.
 */
class Members {
public:
	explicit Members(Controller &controller);

	/// Makes the records of @count members of @owner. Context: may sleep. Return: success or
	/// Error::no_memory.
	Status create(u32 count, Owner &owner);
	/// Frees them, after VF Enable was cleared, and ends the command list. The group ends with VF
	/// Enable (2.12), and the specification does not say whether the list outlives it. The next
	/// members negotiate a list again, which is allowed at any time (2.12.1.3). Context: may
	/// sleep; the device has no command of them.
	void destroy();
	[[nodiscard]] u32 count() const;
	/// The member that is this VF, or null. Context: any.
	[[nodiscard]] Member *find(kn_pci *vf);

	/// Refuses opens from now on. Return: success, or Error::busy if members are open, and
	/// @only_idle. Context: any.
	Status refuse_opens(bool only_idle);
	void admit_opens();

	/// A guest gets @member. Return: success, or Error::busy. Context: any.
	Status open(Member &member, const Listener &listener);
	/// The guest lets it go. Context: may sleep.
	void close(Member &member);
	/// Before a function reset: no commands from now on. Context: may sleep. Return: success or
	/// Error::timed_out.
	Status quiesce(Member &member);
	/// After it. Context: any.
	void resume(Member &member);
	/// All members are as after a function reset, because the PF had one. Context: any.
	void recover_all();
	/// Tells the drivers of open members that the device may have lost their state. Context: any.
	void tell_at_risk();

	/// As virtio_owner_claim_doorbell().
	Status claim_doorbell(Member &member, const core::BarRange &address);

	void stats(const Member &member, virtio_owner_stats &stats);
	/// Of all members, and of the owner's own commands.
	void total_stats(virtio_owner_stats &stats);

private:
	template <typename One>
	void for_each(One one);
	void release_doorbell(Member &member);
	[[nodiscard]] std::span<Member> all();

	Controller &controller_;
	kn_spinlock &lock_; ///< the queue's
	Member *members_ TSA_GUARDED_BY(lock_) TSA_PT_GUARDED_BY(lock_) = nullptr;
	u32 count_ TSA_GUARDED_BY(lock_) = 0;
	u32 open_ TSA_GUARDED_BY(lock_) = 0;
	bool closing_ TSA_GUARDED_BY(lock_) = false; ///< opens are refused
	kn_mutex claims_; ///< protects the doorbells of all members
};

} // namespace owner
