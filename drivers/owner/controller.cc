// SPDX-License-Identifier: GPL-2.0-only
#include "owner/controller.hh"

#include "core/lock_guard.hh"
#include "kernel/time.h"

namespace owner {

using core::MutexGuard;
using core::SpinGuard;

namespace {

/// A device that does not confirm its reset has a reset of the function.
constexpr u64 stop_ms = 2000;

} // namespace

u64 Controller::stop_deadline()
{
	return base::minimum(kn_now_ms() + stop_ms, session().operation_deadline());
}

bool Controller::is_working() const
{
	return state() == State::live || state() == State::suspect;
}

bool Controller::comes_to_work()
{
	constexpr u32 pause_us = 1000;

	for (const u64 end = session().operation_deadline();
	     state() == State::recovering && kn_now_ms() < end && !kn_killed();)
		kn_sleep_us(pause_us);
	return is_working();
}

Status Controller::force_idle(Member &member)
{
	Recovery &recovery = supervisor_.recovery();
	MutexGuard guard{supervisor_.mutex()};

	{
		SpinGuard queue_guard{queue().lock()};
		if (member.outstanding == 0)
			return {};
	}
	if (!is_working())
		return Error::timed_out;
	// One credit: one member must not use up the resets that all may need.
	if (!supervisor_.is_removing() && !recovery.take_reset_credit(kn_now_ms(), 1))
		return Error::timed_out;
	if (kn_ratelimit_ok(&queue().sender_of(&member).limit))
		kn_warn(pci(), "commands of member %llu do not come back",
			static_cast<unsigned long long>(member.id.value()));
	supervisor_.raise(Event::reset_needed);

	SpinGuard queue_guard{queue().lock()};
	return member.outstanding == 0 ? Status{} : Status{Error::timed_out};
}

Status Controller::reset_if_running(const Status &otherwise)
{
	MutexGuard guard{supervisor_.mutex()};

	if (!is_working())
		return otherwise;
	supervisor_.raise(Event::reset_needed);
	return is_working() ? Status{} : Status{Error::io};
}

void Controller::cut_off()
{
	session().transport().cut_off();
	(void)supervisor_.signal(Event::cut_off);
}

void Controller::freeze()
{
	queue().pause();
	session().transport().end_operations();
	supervisor_.cancel();

	MutexGuard guard{supervisor_.mutex()};
	// Recovery may have started the queue again before it was cancelled.
	queue().pause();
	restore_locked();
	const bool worked = is_working();
	if (!supervisor_.signal(Event::reset_begins))
		return;
	if (worked)
		(void)queue().wait_idle({Scope::What::all}, session().deadline());
	if (session().transport().reset(session().operation_deadline()).ok())
		queue().clear(Error::again);
	kn_pci_clear_master(pci());
}

/// @announced: freeze() came before
Status Controller::restart(bool announced)
{
	MutexGuard guard{supervisor_.mutex()};

	queue().pause();
	if (!announced)
		session().transport().cut_off();
	restore_locked();
	// No error of a dead owner: the neighbors of the PF must not suffer from it.
	const bool was_dead = state() == State::dead || state() == State::ended;
	supervisor_.raise(Event::reset_ends);
	supervisor_.schedule(); // ends the pauses, and finds what the device asks for
	if (was_dead || supervisor_.admits().ok() || state() == State::stalled)
		return {};
	return Error::no_device;
}

Status Controller::thaw()
{
	return restart(true);
}

Status Controller::revive()
{
	return restart(false);
}

void Controller::restore()
{
	session().transport().end_operations();
	MutexGuard guard{supervisor_.mutex()};

	restore_locked();
}

/// A bus reset of which the kernel told nothing wipes the configuration, too, and the function does
/// not answer then.
void Controller::restore_locked()
{
	core::assert_held(supervisor_.mutex());
	if (state() == State::lost || state() == State::dead)
		session().transport().cut_off();
	session().transport().restore();
}

bool Controller::stop_dma()
{
	session().transport().end_operations();
	MutexGuard guard{supervisor_.mutex()};
	const bool stopped = session().device().stop_dma(stop_deadline());

	if (stopped)
		queue().clear(Error::io);
	return stopped;
}

/// Ends all commands and all recovery for good.
void Controller::end_commands()
{
	(void)supervisor_.signal(Event::unbound);
	session().transport().end_operations();
	supervisor_.cancel();

	MutexGuard guard{supervisor_.mutex()};
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
	const bool stopped = session().device().stop_dma(stop_deadline());
	session().device().release_interrupts();
	supervisor_.cancel(); // the last interrupts may have scheduled it
	session().end(stopped);
}

} // namespace owner
