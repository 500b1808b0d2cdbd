// SPDX-License-Identifier: GPL-2.0-only
// include/owner/owner.h and main.c's needs, in terms of class Owner. Errors
// become errno here and nowhere else.
#include "owner/exports.h"

#include "core/notify_choice.hh"
#include "kernel/time.h"
#include "owner/owner.hh"

using base::Error;
using base::to_errno;
using owner::Owner;

namespace {

Owner *from(virtio_owner *handle)
{
	return reinterpret_cast<Owner *>(handle);
}

core::LegacySpace space_of(virtio_owner_space space)
{
	return space == VIRTIO_OWNER_COMMON ? core::LegacySpace::common : core::LegacySpace::device;
}

} // namespace

extern "C" {

virtio_owner_settings virtio_owner_parameters = {.command_timeout_ms = 5000, .polled = false};

int virtio_owner_create(kn_pci *pci, virtio_owner **handle)
{
	const base::Result<Owner *> created = Owner::create(pci, virtio_owner_parameters);

	if (!created.ok())
		return to_errno(created.error());
	*handle = reinterpret_cast<virtio_owner *>(created.get());
	return 0;
}

void virtio_owner_destroy(virtio_owner *handle)
{
	Owner::destroy(from(handle));
}

void virtio_owner_shutdown(virtio_owner *handle)
{
	from(handle)->shutdown();
}

void virtio_owner_freeze(virtio_owner *handle)
{
	from(handle)->freeze();
}

int virtio_owner_thaw(virtio_owner *handle)
{
	return to_errno(from(handle)->thaw());
}

void virtio_owner_lose(virtio_owner *handle)
{
	from(handle)->lose();
}

void virtio_owner_bury(virtio_owner *handle)
{
	from(handle)->bury();
}

int virtio_owner_configure_sriov(virtio_owner *handle, u32 count)
{
	const base::Status status = from(handle)->configure_sriov(count);

	return status.ok() ? static_cast<int>(count) : to_errno(status);
}

int virtio_owner_find(virtio_owner *handle, kn_pci *vf, virtio_owner_member **member)
{
	Owner &owner = *from(handle);

	if (owner.state() == owner::State::dead)
		return to_errno(Error::no_device);
	*member = owner.find(vf);
	return *member ? 0 : to_errno(Error::no_device);
}

void virtio_owner_describe(virtio_owner *handle, virtio_owner_view *view)
{
	Owner &owner = *from(handle);
	static constexpr const char *const names[] = {"live", "frozen", "lost", "dead"};

	view->state = names[static_cast<unsigned>(owner.state())];
	view->queue_size = owner.queue().ring_size();
	view->indirect = owner.queue().indirect();
	view->translated = owner.queue().translated();
	view->polled = owner.queue().polled();
	view->lost_interrupts = owner.queue().lost_interrupts();
	owner.total_stats(view->stats);
}

int virtio_owner_has_legacy(virtio_owner_member *member)
{
	const base::Result<bool> has = member->owner->has_legacy();

	return has.ok() ? has.get() : to_errno(has.error());
}

u64 virtio_owner_deadline()
{
	return kn_now_ms() + virtio_owner_parameters.command_timeout_ms;
}

int virtio_owner_open(virtio_owner_member *member)
{
	return to_errno(member->owner->open(*member));
}

void virtio_owner_close(virtio_owner_member *member)
{
	member->owner->close(*member);
}

int virtio_owner_quiesce(virtio_owner_member *member)
{
	return to_errno(member->owner->quiesce(*member));
}

void virtio_owner_resume(virtio_owner_member *member)
{
	member->owner->resume(*member);
}

int virtio_owner_legacy_read(virtio_owner_member *member, virtio_owner_space space, u8 offset,
			     void *buffer, kn_size length, u64 deadline)
{
	if (length == 0 || length > core::max_legacy_data)
		return to_errno(Error::invalid);

	const auto answer = member->owner->execute(
		core::AdminCommand::legacy_read(core::sriov_group, member->id, space_of(space), offset,
						length),
		*member, deadline);
	if (!answer.ok())
		return to_errno(answer.error());
	const core::AdminAnswer value = answer.get();
	base::copy_bytes({static_cast<u8 *>(buffer), length}, value.result);
	return 0;
}

int virtio_owner_legacy_write(virtio_owner_member *member, virtio_owner_space space, u8 offset,
			      const void *buffer, kn_size length, u64 deadline)
{
	if (length == 0 || length > core::max_legacy_data)
		return to_errno(Error::invalid);

	const auto answer = member->owner->execute(
		core::AdminCommand::legacy_write(core::sriov_group, member->id, space_of(space),
						 offset, {static_cast<const u8 *>(buffer), length}),
		*member, deadline);
	return answer.ok() ? 0 : to_errno(answer.error());
}

int virtio_owner_notify_info(virtio_owner_member *member, void *entries, kn_size size, u64 deadline)
{
	const auto answer = member->owner->execute(
		core::AdminCommand::notify_info(core::sriov_group, member->id), *member, deadline);

	if (!answer.ok())
		return to_errno(answer.error());
	const core::AdminAnswer value = answer.get();
	base::copy_bytes({static_cast<u8 *>(entries), size}, value.result);
	return 0;
}

int virtio_owner_claim_doorbell(virtio_owner_member *member, u8 bar, u64 offset)
{
	return to_errno(member->owner->claim_doorbell(
		*member, {.bar = bar, .offset = offset, .length = core::notify_width}));
}

int virtio_owner_ring_doorbell(virtio_owner_member *member, u16 queue)
{
	return to_errno(member->owner->ring_doorbell(*member, queue));
}

void virtio_owner_member_stats(virtio_owner_member *member, virtio_owner_stats *stats)
{
	member->owner->member_stats(*member, *stats);
}

} // extern "C"
