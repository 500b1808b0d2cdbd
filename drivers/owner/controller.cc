// SPDX-License-Identifier: GPL-2.0-only
#include "owner/controller.hh"

#include "core/lock_guard.hh"
#include "kernel/time.h"

namespace owner {

using core::MutexGuard;
using core::SpinGuard;

namespace {

constexpr char lost_message[] = "owner is lost: cut off until it is reset";

} // namespace

Controller::Controller(kn_pci *pci, const virtio_owner_settings &settings)
	: recovery_(settings.command_timeout_ms),
	  session_(pci, recovery_, recovery_work_, settings)
{
	kn_mutex_init(&mutex_, KN_LOCK_OWNER);
	kn_work_init(&recovery_work_, &Controller::on_recovery, this);
}

Status Controller::start()
{
	TRY(session_.start(&Controller::on_interrupt, this));
	recovery_.mark_live();
	return {};
}

void Controller::on_interrupt(void *context, u32 vector)
{
	Controller &controller = *static_cast<Controller *>(context);

	if (OwnerDevice::is_config_vector(vector))
		kn_work_schedule(&controller.recovery_work_);
	else
		controller.queue().process();
}

void Controller::on_recovery(void *context)
{
	static_cast<Controller *>(context)->recover();
}

QueueActivity Controller::activity_locked(const Member *member)
{
	core::assert_held(queue().lock());
	const RequestQueue &state = queue().state();

	return {.now_us = kn_now_us(),
		.opened_us = state.gate().opened_us(),
		.idle_since_us = state.progress().idle_since_us(),
		.others_us = state.progress().others_us(member),
		.busy = !state.is_idle({Scope::What::all})};
}

void Controller::wait_failed(Member *member, u64 since_us, Wait wait)
{
	Sender &sender = queue().sender_of(member);
	bool stalled;

	{
		SpinGuard guard{queue().lock()};
		const QueueActivity activity = activity_locked(member);
		const FailedWait failed{.since_us = since_us,
					.recovered_us = member ? member->recovered_us : 0,
					.orphans = member ? member->orphans : 0,
					.share = queue().state().info().share};

		if (wait == Wait::completion)
			sender.timeouts++;
		if (member && (wait == Wait::completion
				       ? recovery_.is_member_broken(activity, failed)
				       : recovery_.is_member_blocked(activity, failed)))
			member->broken = true;
		stalled = recovery_.is_stalled(activity);
	}
	if (wait == Wait::completion && kn_ratelimit_ok(&sender.limit))
		kn_warn(pci(), "no answer to a command for member %llu",
			member ? static_cast<unsigned long long>(member->id.value()) : 0);
	if (!stalled)
		return;
	recovery_.report_stall();
	kn_work_schedule(&recovery_work_);
}

void Controller::recover()
{
	MutexGuard guard{mutex_};

	if (state() != State::live) // the function must not be accessed
		return;
	Findings findings{.unreachable = session_.transport().gone()};
	if (!findings.unreachable) {
		findings.needs_reset = session_.transport().status() & WIRE_STATUS_NEEDS_RESET;
		const bool reported = recovery_.take_stall();
		SpinGuard queue_guard{queue().lock()};
		findings.violated = queue().state().gate().is_violated();
		findings.stalled = reported && recovery_.is_stalled(activity_locked(nullptr));
	}
	switch (recovery_.examine(findings)) {
	case Action::reset:
		(void)reset_locked(max_resets);
		break;
	case Action::handle_unreachable:
		queue().fail(Error::no_device);
		handle_unreachable();
		break;
	default:
		break;
	}
}

/**
 * The smallest reset that helps, if there were fewer than @credits in the last minute. The owner
 * is given up if max_resets were not enough. Called with mutex_ held, while live.
 */
Status Controller::reset_locked(unsigned credits)
{
	core::assert_held(mutex_);
	if (!recovery_.take_reset_credit(kn_now_ms(), credits)) {
		if (credits < max_resets)
			return Error::timed_out;
		kn_warn(pci(), "the fourth reset in a minute: giving up until bound again");
		mark_dead();
		return Error::no_device;
	}
	queue().pause();
	if (session_.reset_queue().ok()) {
		kn_warn(pci(), "admin queue reset, epoch %u", session_.epoch());
		return {};
	}
	const Status reset = session_.restart();
	if (reset.ok()) {
		kn_warn(pci(), "device reset, epoch %u", session_.epoch());
		return {};
	}
	switch (recovery_.reset_failed(reset.error())) {
	case Action::handle_unreachable:
		queue().fail(Error::no_device);
		handle_unreachable();
		return Error::no_device;
	case Action::mark_dead:
		kn_warn(pci(), "reset failed (%d): giving up until bound again",
			base::to_errno(reset));
		mark_dead();
		return Error::no_device;
	default:
		return Error::io;
	}
}

Status Controller::force_idle(Member &member)
{
	MutexGuard guard{mutex_};

	{
		SpinGuard queue_guard{queue().lock()};
		if (member.outstanding == 0)
			return {};
	}
	if (state() != State::live)
		return Error::timed_out;
	if (kn_ratelimit_ok(&member.sender.limit))
		kn_warn(pci(), "commands of member %llu do not come back",
			static_cast<unsigned long long>(member.id.value()));
	// One credit: one member must not use up the resets that all may need.
	return reset_locked(1);
}

Status Controller::reset_if_live(const Status &otherwise)
{
	MutexGuard guard{mutex_};

	return state() == State::live ? reset_locked(max_resets) : otherwise;
}

/// Each reset pauses the queue first, so a waiter that reports late finds it stopped for another
/// reason.
void Controller::handle_unreachable()
{
	const bool removed = kn_pci_removed(pci());
	Action action;

	{
		SpinGuard guard{queue().lock()};
		action = recovery_.unreachable(removed, queue().state().gate().is_unreachable());
		if (action == Action::mark_lost && !recovery_.mark_lost())
			return;
		if (action == Action::mark_lost)
			session_.transport().cut_off();
	}
	if (action == Action::mark_dead)
		mark_dead();
	else if (action == Action::mark_lost)
		kn_warn(pci(), lost_message);
}

void Controller::mark_dead()
{
	const bool gone = session_.transport().gone();

	if (recovery_.mark_dead())
		kn_warn(pci(), "owner is dead: %s", gone ? "gone" : "broken");
	if (gone)
		queue().clear(Error::no_device);
	else
		queue().fail(Error::no_device);
}

void Controller::mark_lost()
{
	session_.transport().cut_off();
	if (!recovery_.mark_lost())
		return;
	kn_warn(pci(), lost_message);
	queue().fail(Error::io);
}

void Controller::freeze()
{
	queue().pause();
	kn_work_cancel(&recovery_work_);

	MutexGuard guard{mutex_};
	// Recovery may have started the queue again before it was cancelled.
	queue().pause();
	session_.transport().restore();
	if (recovery_.mark_frozen(State::live))
		(void)queue().wait_idle({Scope::What::all}, session_.deadline());
	else if (!recovery_.mark_frozen(State::lost))
		return;
	if (session_.transport().reset(session_.deadline()).ok())
		queue().clear(Error::again);
	kn_pci_clear_master(pci());
}

Status Controller::thaw()
{
	MutexGuard guard{mutex_};

	queue().pause();
	session_.transport().restore();
	// No error of a dead owner: the neighbors of the PF must not suffer from it.
	if (state() == State::dead)
		return {};
	recovery_.mark_frozen(State::lost);
	const Status restarted = session_.restart();
	if (!restarted.ok())
		mark_dead();
	else
		recovery_.mark_live();
	return restarted;
}

void Controller::restore()
{
	MutexGuard guard{mutex_};

	session_.transport().restore();
}

bool Controller::stop_dma()
{
	const bool stopped = session_.device().stop_dma(session_.deadline());

	if (stopped)
		queue().clear(Error::no_device);
	return stopped;
}

/// Ends all commands and all recovery for good.
void Controller::end_commands()
{
	recovery_.mark_dead();
	queue().fail(Error::no_device);
	kn_work_cancel(&recovery_work_);

	MutexGuard guard{mutex_};
	// Recovery may have started the queue again before it was cancelled.
	queue().fail(Error::no_device);
}

void Controller::shutdown()
{
	end_commands();
	(void)stop_dma();
	kn_pci_clear_master(pci());
}

void Controller::stop()
{
	end_commands();
	const bool stopped = session_.device().stop_dma(session_.deadline());
	session_.end(stopped);
	kn_work_cancel(&recovery_work_); // the last interrupts may have scheduled it
}

} // namespace owner
