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

/// Whether @accesses are what virtio_owner_execute() takes.
bool are_sound(std::span<const core::Access> accesses)
{
	if (accesses.empty() || accesses.size() > VIRTIO_OWNER_MAX_ACCESSES ||
	    !core::is_sound(accesses[0]))
		return false;
	for (const core::Access &access : accesses.subspan(1))
		if (!core::is_sound(access) || !core::is_legacy_read(access))
			return false;
	return true;
}

} // namespace

static_assert(VIRTIO_OWNER_MAX_ACCESSES == owner::max_batch);
static_assert(VIRTIO_OWNER_MAX_DEPTH == owner::max_ring_size);

extern "C" {

virtio_owner_settings virtio_owner_parameters = {
	.command_timeout_ms = 5000,
	.poll_us = 50,
	.depth = VIRTIO_OWNER_MAX_DEPTH,
	.polled = false,
	.operation_ms = 10000,
};

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
	from(handle)->controller().shutdown();
}

void virtio_owner_freeze(virtio_owner *handle)
{
	from(handle)->controller().freeze();
}

int virtio_owner_thaw(virtio_owner *handle)
{
	return to_errno(from(handle)->thaw());
}

int virtio_owner_revive(virtio_owner *handle)
{
	return to_errno(from(handle)->revive());
}

void virtio_owner_lose(virtio_owner *handle)
{
	from(handle)->controller().cut_off();
}

void virtio_owner_bury(virtio_owner *handle)
{
	from(handle)->controller().removed();
}

int virtio_owner_configure_sriov(virtio_owner *handle, u32 count)
{
	const base::Status status = from(handle)->configure_sriov(count);

	return status.ok() ? static_cast<int>(count) : to_errno(status);
}

int virtio_owner_find(virtio_owner *handle, kn_pci *vf, virtio_owner_member **member)
{
	Owner &owner = *from(handle);
	const owner::State state = owner.controller().state();

	if (state == owner::State::dead || state == owner::State::ended)
		return to_errno(Error::no_device);
	*member = owner.members().find(vf);
	return *member ? 0 : to_errno(Error::no_device);
}

void virtio_owner_describe(virtio_owner *handle, virtio_owner_view *view)
{
	Owner &owner = *from(handle);
	static constexpr const char *const names[] = {"live", "suspect", "recovering", "stalled",
						      "frozen", "lost", "dead", "ended"};
	static_assert(std::size(names) == owner::states);
	const owner::QueueInfo queue = owner.controller().queue().info();

	const owner::Recovery &recovery = owner.controller().supervisor().recovery();
	const u64 now_ms = kn_now_ms();
	const u64 due_ms = recovery.next_try_ms(
		owner.controller().session().transport().is_cut_off());

	view->state = names[static_cast<unsigned>(recovery.state())];
	view->state_ms = now_ms - base::minimum(recovery.since_ms(), now_ms);
	view->tries = recovery.retries().count();
	view->next_try_ms = due_ms - base::minimum(due_ms, now_ms);
	view->queue_size = queue.ring_size;
	view->depth = queue.depth;
	view->current_depth = queue.current_depth;
	view->indirect = queue.indirect;
	view->translated = queue.translated;
	view->polled = queue.polled;
	view->lost_interrupts = queue.lost_interrupts;
	view->polled_answers = queue.polled_answers;
	owner.members().total_stats(view->stats);
}

int virtio_owner_has_legacy(virtio_owner_member *member)
{
	const base::Result<bool> has = member->owner->commands().has_legacy();

	return has.ok() ? has.get() : to_errno(has.error());
}

u64 virtio_owner_deadline()
{
	return kn_now_ms() + base::setting_load(virtio_owner_parameters.command_timeout_ms);
}

int virtio_owner_open(virtio_owner_member *member, virtio_owner_callback at_risk, void *context)
{
	return to_errno(member->owner->open(*member, {at_risk, context}));
}

void virtio_owner_close(virtio_owner_member *member)
{
	member->owner->members().close(*member);
}

int virtio_owner_quiesce(virtio_owner_member *member)
{
	return to_errno(member->owner->members().quiesce(*member));
}

void virtio_owner_resume(virtio_owner_member *member)
{
	member->owner->members().resume(*member);
}

u32 virtio_owner_epoch(virtio_owner_member *member)
{
	owner::Controller &controller = member->owner->controller();

	return controller.session().epoch() << 2 | owner::access_class(controller.state());
}

int virtio_owner_execute(virtio_owner_member *member, wire_access *accesses, unsigned int count,
			 unsigned int *done, u64 deadline, u64 *queued_ms)
{
	owner::Batch batch{.accesses = {accesses, count}, .queued_ms = *queued_ms};

	*done = 0;
	if (!are_sound(batch.accesses))
		return to_errno(Error::invalid);
	const base::Status status = member->owner->commands().execute(batch, *member, deadline);
	*done = static_cast<unsigned>(batch.done);
	return to_errno(status);
}

int virtio_owner_notify_info(virtio_owner_member *member, void *entries, kn_size size, u64 deadline)
{
	core::Access access = core::notify_info();
	u64 queued_ms = 0;
	owner::Batch batch{.accesses = {&access, 1},
			   .result = {static_cast<u8 *>(entries), size},
			   .queued_ms = queued_ms};

	const base::Status asked = member->owner->commands().execute(batch, *member, deadline);
	owner::Controller &controller = member->owner->controller();
	// The kernel may know before the owner observes it.
	const bool is_final = owner::fails_for_good(controller.state()) ||
			      kn_pci_removed(controller.pci());
	if (!asked.ok() && asked.error() == Error::no_device && !is_final)
		return to_errno(Error::again);
	return to_errno(asked);
}

int virtio_owner_claim_doorbell(virtio_owner_member *member, u8 bar, u64 offset)
{
	return to_errno(member->owner->members().claim_doorbell(
		*member, {.bar = bar, .offset = offset, .length = core::notify_width}));
}

int virtio_owner_ring_doorbell(virtio_owner_member *member, u16 queue)
{
	return to_errno(member->owner->ring_doorbell(*member, queue));
}

void virtio_owner_member_stats(virtio_owner_member *member, virtio_owner_stats *stats)
{
	member->owner->members().stats(*member, *stats);
}

} // extern "C"
