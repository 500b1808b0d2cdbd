// SPDX-License-Identifier: GPL-2.0-only
// When the device stops answering, is reset from outside, goes away, or has to
// be let go.
#include "kernel/memory.h"
#include "kernel/time.h"
#include "owner/lock_guard.hh"
#include "owner/owner.hh"

namespace owner {

using base::Error;

namespace {

constexpr u64 reset_window_ms = 60000;
constexpr char lost_message[] = "owner is lost: cut off until it is reset";

} // namespace

void Owner::on_recovery(void *context)
{
	static_cast<Owner *>(context)->recover();
}

/// Whether there were fewer than @most (1 to 3) resets in the last minute, and
/// counts one more if so.
bool Owner::may_reset(unsigned most)
{
	const u64 now = kn_now_ms();
	const u64 before = resets_ms_[vital_resets - most];

	if (before != 0 && now - before < reset_window_ms)
		return false;
	resets_ms_[0] = resets_ms_[1];
	resets_ms_[1] = resets_ms_[2];
	resets_ms_[2] = now;
	return true;
}

/// Resets the queue alone; what LIST_USE said stays in force (2.6.1).
Status Owner::reset_queue(u64 deadline)
{
	if (!(features_ >> WIRE_F_RING_RESET & 1) ||
	    (transport_.status() & WIRE_STATUS_NEEDS_RESET))
		return Error::not_supported;

	TRY(transport_.reset_queue(queue_index_, deadline));
	queue_.clear(Error::again);
	const QueueInfo queue = queue_.info();
	const bool interrupts = TRY(transport_.enable_queue(queue_index_, queue.ring_size,
							    queue.addresses, admin_irq_vector()));
	epoch_.add(1);
	start_queue(!interrupts);
	if (listed_.load())
		queue_.admit_members();
	return {};
}

/**
 * The smallest reset that helps, if there were fewer than @most in the last
 * minute; the owner is given up when vital_resets were not enough. Called live
 * and with mutex_ held.
 */
Status Owner::reset_locked(unsigned most)
{
	if (!may_reset(most)) {
		if (most < vital_resets)
			return Error::timed_out;
		kn_warn(pci_, "the fourth reset in a minute: giving up until bound again");
		bury();
		return Error::no_device;
	}
	queue_.pause();
	if (reset_queue(deadline()).ok()) {
		kn_warn(pci_, "admin queue reset, epoch %u", epoch());
		return {};
	}
	const Status reset = restart(deadline());
	if (!reset.ok()) {
		// Cut off meanwhile: that has a cure of its own.
		if (state() != State::live)
			return Error::io;
		if (reset.error() == Error::no_device) {
			queue_.fail(Error::no_device);
			vanish();
			return Error::no_device;
		}
		kn_warn(pci_, "reset failed (%d): giving up until bound again",
			base::to_errno(reset));
		bury();
		return Error::no_device;
	}
	kn_warn(pci_, "device reset, epoch %u", epoch());
	return {};
}

/// Whether the device broke the rules of the queue. Only a reset helps.
bool Owner::violated()
{
	SpinGuard guard{queue_.lock()};

	return queue_.state().gate().is_violated();
}

void Owner::recover()
{
	MutexGuard guard{mutex_};

	if (state() != State::live)
		return;
	if (transport_.gone()) {
		queue_.fail(Error::no_device);
		vanish();
		return;
	}
	// It may have got answers, or a reset, meanwhile.
	const bool silent = silent_.exchange(false) && stalled();
	if (violated() || silent || (transport_.status() & WIRE_STATUS_NEEDS_RESET))
		(void)reset_locked(vital_resets);
}

/// Takes a member's commands back from a device that keeps them.
Status Owner::force_idle(Member &member)
{
	MutexGuard guard{mutex_};

	{
		SpinGuard queue_guard{queue_.lock()};
		if (member.outstanding == 0)
			return {};
	}
	if (state() != State::live)
		return Error::timed_out;
	kn_warn(pci_, "commands of member %llu do not come back",
		static_cast<unsigned long long>(member.id.value()));
	// One member's trouble must not use up the resets that all may need.
	return reset_locked(1);
}

/**
 * The queue was stopped because the PF does not answer. Unless the kernel knows that it
 * was removed, this may be an error that the kernel is about to cure, has begun to, or
 * has cured: a waiter that was told so may get its processor any time later. So it counts
 * only while the queue is still stopped for it. Each cure pauses the queue first.
 */
void Owner::vanish()
{
	if (kn_pci_removed(pci_)) {
		bury();
		return;
	}
	{
		SpinGuard guard{queue_.lock()};
		if (!queue_.state().gate().is_unreachable() || !state_.replace(State::live, State::lost))
			return;
		transport_.cut_off();
	}
	kn_warn(pci_, lost_message);
}

void Owner::bury()
{
	if (state_.exchange(State::dead) != State::dead)
		kn_warn(pci_, "owner is dead: %s", transport_.gone() ? "gone" : "broken");
	if (transport_.gone())
		queue_.clear(Error::no_device);
	else
		queue_.fail(Error::no_device);
}

void Owner::lose()
{
	transport_.cut_off();
	if (!state_.replace(State::live, State::lost))
		return;
	kn_warn(pci_, lost_message);
	queue_.fail(Error::io);
}

void Owner::freeze()
{
	queue_.pause();
	kn_work_cancel(&recovery_);

	MutexGuard guard{mutex_};
	// A recovery that ran meanwhile has started the queue again.
	queue_.pause();
	transport_.restore();
	if (state_.replace(State::live, State::frozen))
		(void)queue_.wait_idle({Scope::What::all}, deadline());
	else if (!state_.replace(State::lost, State::frozen))
		return;
	if (transport_.reset(deadline()).ok())
		queue_.clear(Error::again);
	kn_pci_clear_master(pci_);
}

Status Owner::thaw()
{
	MutexGuard guard{mutex_};

	queue_.pause();
	transport_.restore();
	// Nothing new: the PF's neighbours must not suffer from it.
	if (state() == State::dead)
		return {};
	state_.replace(State::lost, State::frozen);
	const Status restarted = restart(deadline());
	if (!restarted.ok())
		bury();
	else
		state_.replace(State::frozen, State::live);
	return restarted;
}

/// Makes sure that the device writes our memory no more; whether that is so.
/// Called with the PF's device lock held.
bool Owner::silence()
{
	if (!transport_.mapped() || transport_.gone() || transport_.reset(deadline()).ok())
		return true;
	kn_pci_clear_master(pci_);
	return kn_pci_reset_locked(pci_) == 0;
}

/// Ends all commands and all recovery, and keeps it so.
void Owner::end_commands()
{
	state_.store(State::dead);
	queue_.fail(Error::no_device);
	kn_work_cancel(&recovery_);

	MutexGuard guard{mutex_};
	// A recovery that ran meanwhile has started the queue again.
	queue_.fail(Error::no_device);
}

void Owner::shutdown()
{
	end_commands();
	if (silence())
		queue_.clear(Error::no_device);
	kn_pci_clear_master(pci_);
}

void Owner::stop_device()
{
	end_commands();
	const bool silent = silence();

	if (vectors_)
		kn_irq_release(pci_, &irq_);
	queue_.clear(Error::no_device);
	kn_work_cancel(&recovery_); // the last interrupts may have scheduled it
	if (silent) {
		queue_.destroy(pci_);
	} else {
		kn_warn(pci_, "the device does not stop: its queue's memory stays allocated");
		queue_.abandon();
	}
	transport_.unmap();
	kn_pci_clear_master(pci_);
	kn_pci_disable(pci_);
}

void Owner::destroy(Owner *owner)
{
	if (owner->transport_.gone())
		owner->bury();
	{
		SpinGuard guard{owner->queue_.lock()};
		owner->closing_ = true; // opens would prolong this
	}
	{
		MutexGuard guard{owner->mutex_};
		owner->transport_.restore();
	}
	// VF Enable must not be cleared while commands are outstanding; those of
	// members end with their close.
	if (owner->state() == State::live && !owner->queue_.wait_idle({Scope::What::group}, owner->deadline()).ok()) {
		MutexGuard guard{owner->mutex_};
		if (owner->state() == State::live)
			(void)owner->reset_locked(vital_resets);
	}
	if (owner->state() != State::live && owner->silence())
		owner->queue_.clear(Error::no_device);
	// Waits for guests to let go; commands of theirs go on meanwhile.
	if (kn_sriov_count(owner->pci_))
		kn_sriov_disable(owner->pci_);
	owner->stop_device();
	owner->destroy_members();
	kn_free(owner);
}

} // namespace owner
