// SPDX-License-Identifier: GPL-2.0-only
#include "owner/supervisor.hh"

#include "core/lock_guard.hh"
#include "kernel/time.h"

namespace owner {

using core::MutexGuard;

namespace {

/// Time between two observations of a device that is probed.
constexpr u32 observation_ms = 20;
/// The same of one that is stalled or lost, between its tries.
constexpr u32 stalled_ms = 1000;
/// Events that one observation handles at most. What is left has another one.
constexpr unsigned max_events = 8;

/// At least 1. A pause is short enough for the type.
u32 milliseconds_until(u64 due_ms)
{
	const u64 now_ms = kn_now_ms();

	return due_ms > now_ms ? static_cast<u32>(due_ms - now_ms) : 1;
}

} // namespace

Supervisor::Supervisor(kn_pci *pci, const virtio_owner_settings &settings, kn_work &at_risk)
	: recovery_(settings.command_timeout_ms), session_(pci, recovery_, work_, settings),
	  at_risk_(at_risk), observer_(session_, recovery_)
{
	kn_mutex_init(&mutex_, KN_LOCK_OWNER);
	kn_work_init(&work_, &Supervisor::on_work, this);
	kn_delayed_work_init(&timer_, &Supervisor::on_timer, this);
}

Status Supervisor::start()
{
	TRY(session_.start(&Supervisor::on_interrupt, this));
	(void)recovery_.handle(Event::reset_done, kn_now_ms());
	schedule(); // the device may have asked for something before
	return {};
}

void Supervisor::on_interrupt(void *context, u32 vector)
{
	Supervisor &supervisor = *static_cast<Supervisor *>(context);

	if (OwnerDevice::is_config_vector(vector))
		supervisor.schedule();
	else
		supervisor.queue().process();
}

void Supervisor::on_work(void *context)
{
	static_cast<Supervisor *>(context)->observe();
}

/// Not in place of the work: a reset takes long, and the queue's watchdog, which ends the waits of
/// guests, shares the workqueue of delayed work.
void Supervisor::on_timer(void *context)
{
	static_cast<Supervisor *>(context)->schedule();
}

/// The timer may start the work, and the work the timer.
void Supervisor::cancel()
{
	kn_delayed_work_cancel(&timer_);
	kn_work_cancel(&work_);
	kn_delayed_work_cancel(&timer_);
	kn_work_cancel(&work_);
}

Status Supervisor::admits() const
{
	switch (recovery_.state()) {
	case State::recovering:
	case State::frozen:
		return Error::again;
	case State::stalled:
	case State::lost: // a retry does not help, unlike after a protocol error
	case State::dead:
	case State::ended:
		return Error::no_device;
	default:
		return {};
	}
}

/// Does what needs no lock but the queue's. Returns whether @action is done.
bool Supervisor::perform(Action action)
{
	const State now = state();

	switch (action) {
	case Action::end_waits:
		queue().acquit();
		queue().fail(Error::io);
		if (now == State::lost)
			kn_warn(pci(), "owner is lost: cut off until it answers or is reset");
		schedule();
		return true;
	case Action::give_up:
		if (session_.transport().gone())
			queue().clear(Error::no_device);
		else
			queue().fail(Error::no_device);
		if (now == State::dead)
			kn_warn(pci(), "owner is dead: %s",
				kn_pci_removed(pci()) ? "gone" : "broken");
		return true;
	case Action::pause:
		queue().pause();
		return true;
	default:
		return action == Action::none;
	}
}

bool Supervisor::signal(Event event)
{
	const Action action = recovery_.handle(event, kn_now_ms());

	(void)perform(action);
	return action != Action::none;
}

void Supervisor::set_removing(bool removing)
{
	removing_.store(removing);
	session_.transport().end_operations();
	MutexGuard guard{mutex_}; // a probe under way is submitted now
	schedule();
}

void Supervisor::raise(Event event)
{
	core::assert_held(mutex_);
	if (in(State::stalled, State::lost, State::frozen) & in(state()))
		is_at_risk_ = true;
	follow(event);
	if (is_at_risk_ && state() == State::live) {
		is_at_risk_ = false;
		kn_work_schedule(&at_risk_);
	}
}

/// Handles @event and those that come of it.
void Supervisor::follow(Event event)
{
	core::assert_held(mutex_);
	for (;;) {
		const Action action = recovery_.handle(event, kn_now_ms());
		if (action == Action::end_waits)
			observer_.note_probe(); // only what is completed from now on is news
		// Not in perform(): without the mutex, another thread may initialize the device.
		if (action == Action::give_up && state() == State::dead)
			session_.transport().give_up();
		if (perform(action))
			return;
		switch (action) {
		case Action::probe:
			observer_.note_probe();
			if (!is_removing())
				probe();
			if (!is_removing() || state() == State::suspect)
				return;
			event = Event::alive;
			break;
		case Action::admit:
			admit();
			return;
		case Action::restart:
			event = restart();
			break;
		case Action::reset_past_oldest:
			set_aside_oldest();
			[[fallthrough]];
		default:
			event = reset();
			break;
		}
	}
}

/// A device that executes commands in order stands still behind the oldest one.
void Supervisor::set_aside_oldest()
{
	const u64 id = queue().set_aside_oldest();

	if (id && kn_ratelimit_ok(&queue().sender_of(nullptr).limit))
		kn_warn(pci(), "nothing is completed behind a command of member %llu: set aside",
			static_cast<unsigned long long>(id));
}

void Supervisor::probe()
{
	core::assert_held(mutex_);
	queue().probe();
	schedule(); // the next observations
}

/// A member that was set aside stays so only if the device works at once without its command.
/// Else the device paused.
void Supervisor::admit()
{
	core::assert_held(mutex_);
	if (!observer_.is_prompt())
		queue().acquit();
	queue().resume(session_.list().in_force());
	// An error may have cut off the function meanwhile: nothing else would stop the queue.
	if (const Status admitted = admits(); !admitted.ok())
		queue().fail(Error::io);
}

/// The smallest reset that helps. Commands without a completion are submitted again, or end if
/// no guest waits.
Event Supervisor::reset()
{
	core::assert_held(mutex_);
	const bool waited = state() == State::recovering;
	const auto deadline = [&] {
		return waited ? kn_now_ms() + recovery_.reset_ms() : session_.operation_deadline();
	};

	if (waited)
		recovery_.retries().note_reset(kn_now_ms());
	else
		recovery_.retries().start(kn_now_ms());
	observer_.note_reset(false);
	queue().pause();
	// While stalled, each second try resets the device: a reset of the queue leaves more as it
	// is, but not all devices recover by it.
	if (waited || recovery_.retries().count() % 2 == 1) {
		const Status reset = session_.reset_queue(deadline());
		if (reset.ok()) {
			if (waited && kn_ratelimit_ok(&queue().sender_of(nullptr).limit))
				kn_warn(pci(), "admin queue reset, epoch %u", session_.epoch());
			observer_.note_reset(true);
			return Event::reset_done;
		}
		if (reset.error() == Error::io) // cut off, or another operation must not wait
			return Event::reset_failed;
	}
	const Status reset = session_.restart(deadline());
	is_at_risk_ = true;
	if (reset.ok()) {
		if (waited && kn_ratelimit_ok(&queue().sender_of(nullptr).limit))
			kn_warn(pci(), "device reset, epoch %u", session_.epoch());
		observer_.note_reset(true);
		return Event::reset_done;
	}
	if (waited && kn_ratelimit_ok(&queue().sender_of(nullptr).limit))
		kn_warn(pci(), "reset failed (%d)", base::to_errno(reset));
	return reset.error() == Error::no_device ? observer_.unreachable_event() : Event::reset_failed;
}

/// Starts the device after a reset of the function, which has recovered all members.
Event Supervisor::restart()
{
	core::assert_held(mutex_);
	queue().acquit();
	const Status restarted = session_.restart(session_.operation_deadline());
	is_at_risk_ = true;
	observer_.note_reset(restarted.ok());
	if (restarted.ok())
		return Event::reset_done;
	kn_warn(pci(), "restart after a reset failed (%d)", base::to_errno(restarted));
	return restarted.error() == Error::no_device ? observer_.unreachable_event() : Event::reset_failed;
}

/// The recovery work.
void Supervisor::observe()
{
	MutexGuard guard{mutex_};
	Event event;

	// The interrupt may be lost, or there is none.
	queue().process();
	recovery_.keep_time(kn_now_ms());
	for (unsigned i = 0; i < max_events && observer_.next_event(event); i++) {
		const bool tries = event == Event::retry || event == Event::answers;
		// VF Enable is about to be cleared, and the device was stopped for that.
		if (tries && is_removing())
			break;
		raise(event);
		recovery_.keep_time(kn_now_ms());
		if (tries) // a try takes long, and others wait for the mutex
			break;
	}
	log_.note(pci(), state(), recovery_.retries().count(), kn_now_ms());
	if (state() == State::suspect || state() == State::recovering)
		kn_delayed_work_start(&timer_, observation_ms);
	else if (const u64 due_ms = recovery_.next_try_ms(session_.transport().is_cut_off()))
		kn_delayed_work_start(&timer_, base::minimum(milliseconds_until(due_ms), stalled_ms));
}

} // namespace owner
