// SPDX-License-Identifier: GPL-2.0-only
// A group owner: one PF and its members.
#pragma once

#include "owner/commands.hh"
#include "owner/members.hh"

namespace owner {

/**
 * class Owner - from the PF driver's probe to its remove
 *
 * Invariant: VF Enable is cleared only while the device has no command, or does not return them
 * after all resets that it may get. This object lives until its members are freed.
 *
 * Locks: the PF's device lock serializes create(), destroy(), and configure_sriov(). The mutex of
 * the controller is not held while members are removed, because that waits for guests.
 */
class Owner {
public:
	/**
	 * create() - bring a PF up
	 * @settings: outlives the owner
	 *
	 * Context: may sleep; the PF's device lock is held. Return: the owner; Error::not_supported
	 * for a PF without SR-IOV, with VF Migration Capable, or without a usable admin queue;
	 * Error::busy if there are VFs; the error of the step that failed.
	 */
	[[nodiscard]] static base::Result<Owner *> create(kn_pci *pci,
							  const virtio_owner_settings &settings);
	/// Removes the members, which waits for guests, takes the PF down, and frees @owner.
	/// Context: as create().
	static void destroy(Owner *owner);

	/**
	 * configure_sriov() - set the number of members
	 * @count: 0 for none
	 *
	 * Context: as create(). Return: success; Error::busy for 0 while a guest has a member, and
	 * for another number while there are members; the error of the kernel.
	 */
	Status configure_sriov(u32 count);

	/// Controller::thaw(), after which no member is broken.
	Status thaw();
	/// As thaw(), for Controller::revive().
	Status revive();
	/// Members::open(), unless the owner is dead.
	Status open(Member &member, const Listener &listener);
	/// As virtio_owner_ring_doorbell(). Context: any.
	Status ring_doorbell(const Member &member, u16 queue);

	[[nodiscard]] Controller &controller() { return controller_; }
	[[nodiscard]] Commands &commands() { return commands_; }
	[[nodiscard]] Members &members() { return members_; }

private:
	Owner(kn_pci *pci, const virtio_owner_settings &settings)
		: controller_(pci, settings, members_at_risk_), commands_(controller_), members_(controller_)
	{
		kn_work_init(&members_at_risk_, &Owner::on_members_at_risk, this);
	}
	static void on_members_at_risk(void *context);
	Status add_members(u32 count);
	Status remove_members();
	Status recover_members(const Status &restarted);

	kn_work members_at_risk_;
	Controller controller_;
	Commands commands_;
	Members members_;
};

} // namespace owner
