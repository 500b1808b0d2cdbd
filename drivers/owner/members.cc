// SPDX-License-Identifier: GPL-2.0-only
#include "owner/members.hh"

#include "core/notify_choice.hh"
#include "core/lock_guard.hh"
#include "kernel/memory.h"
#include "kernel/sriov.h"
#include "kernel/time.h"

namespace owner {

using core::SpinGuard;

namespace {

/// After a function reset, or for a new guest. Under the queue's lock.
void clear_faults(Member &member)
{
	member.aside.clear();
	member.timed_out_us = 0;
	member.recovered_us = kn_now_us();
}

} // namespace

Members::Members(Controller &controller)
	: controller_(controller), lock_(controller.queue().lock())
{
	kn_mutex_init(&claims_, KN_LOCK_CLAIMS);
}

Status Members::create(u32 count, Owner &owner)
{
	auto *const members = static_cast<Member *>(kn_alloc(sizeof(Member) * count));

	if (!members)
		return Error::no_memory;
	for (u32 i = 0; i < count; i++) {
		members[i].owner = &owner;
		members[i].id = core::MemberId{i + 1u}; // 2.12.1: VF numbers start at 1
		kn_ratelimit_init(&members[i].sender.limit);
	}

	SpinGuard guard{lock_};
	members_ = members;
	count_ = count;
	return {};
}

void Members::destroy()
{
	Member *members;

	{
		SpinGuard guard{lock_};
		members = members_;
		members_ = nullptr;
		count_ = 0;
	}
	controller_.session().list().invalidate();
	controller_.queue().drop_members();
	kn_free(members);
}

u32 Members::count() const
{
	SpinGuard guard{lock_};
	return count_;
}

Member *Members::find(kn_pci *vf)
{
	SpinGuard guard{lock_};
	const int index = count_ > 1 ? kn_sriov_vf_index(vf) : 0;

	if (index < 0 || static_cast<u32>(index) >= count_)
		return nullptr;
	return &members_[index];
}

Status Members::refuse_opens(bool only_idle)
{
	SpinGuard guard{lock_};

	if (only_idle && open_ != 0)
		return Error::busy;
	closing_ = true;
	return {};
}

void Members::admit_opens()
{
	SpinGuard guard{lock_};

	closing_ = false;
}

Status Members::open(Member &member, const Listener &listener)
{
	controller_.queue().process(); // completions whose interrupt was lost
	SpinGuard guard{lock_};
	if (closing_ || member.open || member.outstanding != 0)
		return Error::busy;
	member.open = true;
	member.listener = listener;
	clear_faults(member);
	open_++;
	return {};
}

/// A function reset may begin before the member is opened, and end afterwards. So open() holds no
/// member, and releases none.
Status Members::quiesce(Member &member)
{
	{
		SpinGuard guard{lock_};
		member.held = true;
		if (!member.open)
			return {};
	}
	return controller_.queue().wait_idle({Scope::What::member, &member},
					     controller_.session().deadline());
}

void Members::resume(Member &member)
{
	SpinGuard guard{lock_};

	member.held = false;
	clear_faults(member);
}

template <typename One>
void Members::for_each(One one)
{
	constexpr u32 batch = 64; // with interrupts off

	for (u32 first = 0;; first += batch) {
		SpinGuard guard{lock_};
		if (first >= count_)
			return;
		for (u32 i = first; i < count_ && i < first + batch; i++)
			one(members_[i]);
	}
}

void Members::recover_all()
{
	for_each(clear_faults);
}

void Members::tell_at_risk()
{
	for_each([](const Member &member) {
		if (member.listener.at_risk)
			member.listener.at_risk(member.listener.context);
	});
}

void Members::close(Member &member)
{
	const Scope its_commands{Scope::What::member, &member};

	if (!controller_.queue().wait_idle(its_commands, controller_.session().deadline()).ok() &&
	    !controller_.force_idle(member).ok() && kn_ratelimit_ok(&member.sender.limit))
		kn_warn(controller_.pci(), "member %llu stays closed until its commands come back",
			static_cast<unsigned long long>(member.id.value()));
	release_doorbell(member);

	SpinGuard guard{lock_};
	member.open = false;
	member.listener = {};
	open_--;
}

Status Members::claim_doorbell(Member &member, const core::BarRange &address)
{
	if (!core::is_notify_address(controller_.session().device().layout(), address))
		return Error::invalid;
	{
		// An open member keeps all members from being freed.
		core::MutexGuard guard{claims_};
		const std::span<Member> members = all();
		for (const Member &other : members)
			if (&other != &member && other.doorbell.present() &&
			    other.doorbell.overlaps(address))
				return Error::busy;
		member.doorbell = address;
	}
	member.doorbell_mapping = kn_pci_map(controller_.pci(), address.bar, address.offset,
					     address.length);
	if (member.doorbell_mapping)
		return {};
	release_doorbell(member);
	return Error::no_memory;
}

void Members::release_doorbell(Member &member)
{
	kn_pci_unmap(controller_.pci(), member.doorbell_mapping);
	member.doorbell_mapping = nullptr;

	core::MutexGuard guard{claims_};
	member.doorbell = {};
}

void Members::stats(const Member &member, virtio_owner_stats &stats)
{
	SpinGuard guard{lock_};

	for (unsigned opcode = 0; opcode < wire::admin_opcodes; opcode++)
		stats.commands[opcode] = member.sender.commands[opcode];
	stats.timeouts = member.sender.timeouts;
	stats.orphans = member.orphans;
	stats.epoch = controller_.session().epoch();
	stats.broken = member.aside.active(kn_now_us());
}

void Members::total_stats(virtio_owner_stats &stats)
{
	const QueueInfo queue = controller_.queue().info();
	const Totals &totals = queue.totals;

	stats = {.commands = {}, .timeouts = totals.timeouts, .orphans = queue.orphans,
		 .epoch = controller_.session().epoch(), .broken = false};
	for (unsigned opcode = 0; opcode < wire::admin_opcodes; opcode++)
		stats.commands[opcode] = totals.commands[opcode];
}

std::span<Member> Members::all()
{
	SpinGuard guard{lock_};
	return {members_, count_};
}

} // namespace owner
