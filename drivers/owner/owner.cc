// SPDX-License-Identifier: GPL-2.0-only
#include "owner/owner.hh"

#include "kernel/memory.h"
#include "kernel/sriov.h"
#include "owner/function.hh"

namespace owner {

base::Result<Owner *> Owner::create(kn_pci *pci, const virtio_owner_settings &settings)
{
	if (!kn_sriov_supported(pci)) {
		kn_warn(pci, "no SR-IOV capability: not a group owner");
		return Error::not_supported;
	}
	// Group commands are allowed only while the bit is clear (2.12.1.3), and it is read-only.
	if (kn_sriov_migration_capable(pci)) {
		kn_warn(pci, "VF Migration Capable is set: its VFs may not get admin commands");
		return Error::not_supported;
	}
	if (kn_sriov_count(pci) != 0) {
		kn_warn(pci, "has VFs already: write 0 to sriov_numvfs first");
		return Error::busy;
	}
	TRY(take_function(pci));

	void *const memory = kn_alloc(sizeof(Owner));
	if (!memory) {
		give_back_function(pci);
		return Error::no_memory;
	}
	Owner *const owner = new (memory) Owner(pci, settings);
	const Status started = owner->controller_.start();
	if (started.ok())
		return owner;
	owner->controller_.stop();
	kn_work_cancel(&owner->members_at_risk_);
	kn_free(owner);
	return started.error();
}

void Owner::on_members_at_risk(void *context)
{
	static_cast<Owner *>(context)->members_.tell_at_risk();
}

void Owner::destroy(Owner *owner)
{
	Controller &controller = owner->controller_;

	if (controller.session().transport().gone())
		controller.removed();
	(void)owner->members_.refuse_opens(false); // they would prolong this
	controller.supervisor().set_removing(true);
	controller.restore();
	// VF Enable must not be cleared while commands are outstanding (2.12.1.3). Those of open
	// members end with their close.
	if (controller.is_working() &&
	    !controller.queue().wait_idle({Scope::What::closed}, controller.session().deadline()).ok())
		(void)controller.reset_if_running({});
	if (!controller.is_working())
		(void)controller.stop_dma();
	// Waits for guests to let go. Their commands are executed meanwhile.
	if (kn_sriov_count(controller.pci()))
		kn_sriov_disable(controller.pci());
	controller.stop();
	kn_work_cancel(&owner->members_at_risk_);
	owner->members_.destroy();
	kn_free(owner);
}

Status Owner::add_members(u32 count)
{
	if (members_.count() != 0)
		return Error::busy;
	if (!controller_.comes_to_work())
		return Error::no_device;
	TRY(members_.create(count, *this));
	const Status enabled = base::status_of(kn_sriov_enable(controller_.pci(), count));
	if (!enabled.ok())
		members_.destroy();
	return enabled;
}

/// VF Enable must not be cleared while commands are outstanding (2.12.1.3).
Status Owner::remove_members()
{
	Status idle = controller_.queue().wait_idle({Scope::What::all},
						    controller_.session().deadline());

	if (!idle.ok())
		idle = controller_.reset_if_running(idle);
	if (!idle.ok() && controller_.stop_dma())
		idle = {};
	if (!idle.ok())
		return idle;
	kn_sriov_disable(controller_.pci());
	members_.destroy();
	return {};
}

Status Owner::configure_sriov(u32 count)
{
	if (count != 0)
		return add_members(count);
	TRY(members_.refuse_opens(true));
	controller_.supervisor().set_removing(true);
	const Status removed = remove_members();
	controller_.supervisor().set_removing(false);
	members_.admit_opens();
	return removed;
}

Status Owner::recover_members(const Status &restarted)
{
	if (controller_.is_working())
		members_.recover_all();
	return restarted;
}

Status Owner::thaw()
{
	return recover_members(controller_.thaw());
}

Status Owner::revive()
{
	return recover_members(controller_.revive());
}

Status Owner::open(Member &member, const Listener &listener)
{
	return controller_.state() == State::dead || controller_.state() == State::ended
		       ? Status{Error::no_device}
		       : members_.open(member, listener);
}

Status Owner::ring_doorbell(const Member &member, u16 queue)
{
	// A reset of the queue, or a stall of it, leaves the data path as it is.
	if (!(running & in(controller_.state())) || !member.doorbell_mapping)
		return Error::no_device;
	kn_mmio_write16(member.doorbell_mapping, 0, queue);
	return {};
}

} // namespace owner
