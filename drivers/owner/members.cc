// SPDX-License-Identifier: GPL-2.0-only
// The owner's members: SR-IOV, opening and closing, notification addresses.
#include "core/notify_choice.hh"
#include "kernel/memory.h"
#include "kernel/time.h"
#include "owner/lock_guard.hh"
#include "owner/owner.hh"

namespace owner {

using base::Error;

namespace {

/// After a function reset or for a new guest. Under the queue's lock.
void mend(Member &member)
{
	member.held = false;
	member.broken = false;
	member.mended_us = kn_now_us();
}

} // namespace

Status Owner::create_members(u32 count)
{
	auto *const members = static_cast<Member *>(kn_alloc(sizeof(Member) * count));

	if (!members)
		return Error::no_memory;
	for (u32 i = 0; i < count; i++) {
		members[i].owner = this;
		members[i].id = core::MemberId{i + 1u}; // 2.12.1: VF numbers start at 1
		kn_ratelimit_init(&members[i].limit);
	}

	SpinGuard guard{queue_.lock()};
	members_ = members;
	member_count_ = count;
	return {};
}

void Owner::destroy_members()
{
	Member *members;

	{
		SpinGuard guard{queue_.lock()};
		members = members_;
		for (u32 i = 0; i < member_count_; i++) {
			for (unsigned opcode = 0; opcode < wire::admin_opcodes; opcode++)
				past_commands_[opcode] += members[i].sender.commands[opcode];
			past_timeouts_ += members[i].timeouts;
		}
		members_ = nullptr;
		member_count_ = 0;
	}
	queue_.drop_members();
	kn_free(members);
}

Status Owner::configure_sriov(u32 count)
{
	if (count != 0) {
		if (member_count_ != 0)
			return Error::busy;
		if (state() != State::live)
			return Error::no_device;
		TRY(create_members(count));
		const int error = kn_sriov_enable(pci_, count);
		if (error == 0)
			return {};
		destroy_members();
		return base::from_errno(error);
	}

	{
		SpinGuard guard{queue_.lock()};
		if (open_members_ != 0)
			return Error::busy;
		closing_ = true; // no more opens from here on
	}
	// VF Enable must not be cleared while commands are outstanding (2.12.1).
	Status idle = queue_.wait_idle({Scope::What::all}, deadline());
	if (!idle.ok()) {
		MutexGuard guard{mutex_};
		if (state() == State::live)
			idle = reset_locked(vital_resets);
	}
	if (!idle.ok() && state() == State::dead && silence()) {
		queue_.clear(Error::no_device);
		idle = {};
	}
	if (idle.ok()) {
		kn_sriov_disable(pci_);
		destroy_members();
		idle = {};
	}
	SpinGuard guard{queue_.lock()};
	closing_ = false;
	return idle;
}

Member *Owner::find(kn_pci *vf)
{
	SpinGuard guard{queue_.lock()};
	const int index = member_count_ > 1 ? kn_sriov_vf_index(vf) : 0;

	if (index < 0 || static_cast<u32>(index) >= member_count_)
		return nullptr;
	return &members_[index];
}

Status Owner::open(Member &member)
{
	if (state() == State::dead)
		return Error::no_device;

	queue_.process(); // a completion whose interrupt was lost
	SpinGuard guard{queue_.lock()};
	if (closing_ || member.open || member.outstanding != 0)
		return Error::busy;
	member.open = true;
	mend(member);
	open_members_++;
	return {};
}

Status Owner::quiesce(Member &member)
{
	{
		SpinGuard guard{queue_.lock()};
		member.held = true;
	}
	return queue_.wait_idle({Scope::What::member, &member}, deadline());
}

void Owner::resume(Member &member)
{
	SpinGuard guard{queue_.lock()};

	mend(member);
}

void Owner::close(Member &member)
{
	if (!queue_.wait_idle({Scope::What::member, &member}, deadline()).ok() && !force_idle(member).ok())
		kn_warn(pci_, "member %llu stays closed until its commands come back",
			static_cast<unsigned long long>(member.id.value()));
	release_doorbell(member);

	SpinGuard guard{queue_.lock()};
	member.open = false;
	open_members_--;
}

Status Owner::claim_doorbell(Member &member, const core::BarRange &address)
{
	if (!core::is_notify_address(transport_.layout(), address))
		return Error::invalid;
	{
		SpinGuard guard{queue_.lock()};
		for (u32 i = 0; i < member_count_; i++)
			if (&members_[i] != &member && members_[i].doorbell.present() &&
			    members_[i].doorbell.overlaps(address))
				return Error::busy;
		member.doorbell = address;
	}
	member.doorbell_mapping = kn_pci_map(pci_, address.bar, address.offset, address.length);
	if (member.doorbell_mapping)
		return {};
	release_doorbell(member);
	return Error::no_memory;
}

void Owner::release_doorbell(Member &member)
{
	kn_pci_unmap(pci_, member.doorbell_mapping);
	member.doorbell_mapping = nullptr;

	SpinGuard guard{queue_.lock()};
	member.doorbell = {};
}

Status Owner::ring_doorbell(Member &member, u16 queue)
{
	if (state() != State::live || !member.doorbell_mapping)
		return Error::no_device;
	kn_mmio_write16(member.doorbell_mapping, 0, queue);
	return {};
}

void Owner::member_stats(const Member &member, virtio_owner_stats &stats)
{
	SpinGuard guard{queue_.lock()};

	for (unsigned opcode = 0; opcode < wire::admin_opcodes; opcode++)
		stats.commands[opcode] = member.sender.commands[opcode];
	stats.timeouts = member.timeouts;
	stats.orphans = member.orphans;
	stats.epoch = epoch();
	stats.broken = member.broken;
}

void Owner::total_stats(virtio_owner_stats &stats)
{
	SpinGuard guard{queue_.lock()};

	stats = {};
	stats.epoch = epoch();
	stats.timeouts = group_timeouts_ + past_timeouts_;
	for (unsigned opcode = 0; opcode < wire::admin_opcodes; opcode++) {
		stats.commands[opcode] = queue_.state().group().commands[opcode] + past_commands_[opcode];
		for (u32 i = 0; i < member_count_; i++)
			stats.commands[opcode] += members_[i].sender.commands[opcode];
	}
	for (u32 i = 0; i < member_count_; i++) {
		stats.timeouts += members_[i].timeouts;
		stats.orphans += members_[i].orphans;
	}
}

} // namespace owner
