// SPDX-License-Identifier: GPL-2.0-only
#include "owner/supervisor.hh"

#include "core/lock_guard.hh"
#include "kernel/time.h"

namespace owner {

using core::MutexGuard;
using core::SpinGuard;

namespace {

/// Time between two observations of a device that is probed.
constexpr u32 observation_ms = 20;
/// The same of one that is stalled or lost, between its tries.
constexpr u32 stalled_ms = 1000;
/// Time between two messages about one device that does not work.
constexpr u64 report_ms = 60000;
/// Events that one observation handles at most. What is left has another one.
constexpr unsigned max_events = 8;

bool is_running(State state)
{
	return (running & in(state)) != 0;
}

/// At least 1. A pause is short enough for the type.
u32 milliseconds_until(u64 due_ms)
{
	const u64 now_ms = kn_now_ms();

	return due_ms > now_ms ? static_cast<u32>(due_ms - now_ms) : 1;
}

} // namespace

Supervisor::Supervisor(kn_pci *pci, const virtio_owner_settings &settings)
	: recovery_(settings.command_timeout_ms), session_(pci, recovery_, work_, settings)
{
	kn_mutex_init(&mutex_, KN_LOCK_OWNER);
	kn_work_init(&work_, &Supervisor::on_work, this);
	kn_delayed_work_init(&timer_, &Supervisor::on_timer, this);
}

Status Supervisor::start()
{
	TRY(session_.start(&Supervisor::on_interrupt, this));
	(void)recovery_.handle(Event::reset_done, kn_now_ms());
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

void Supervisor::describe(u64 &state_ms, u32 &tries, u64 &next_try_ms) const
{
	const u64 now_ms = kn_now_ms();
	const u64 since_ms = recovery_.since_ms();
	const u64 due_ms = recovery_.retries().due_ms();

	state_ms = now_ms - base::minimum(since_ms, now_ms);
	tries = recovery_.retries().count();
	next_try_ms = due_ms > now_ms ? due_ms - now_ms : 0;
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

void Supervisor::raise(Event event)
{
	core::assert_held(mutex_);
	for (;;) {
		const Action action = recovery_.handle(event, kn_now_ms());
		if (action == Action::end_waits)
			probed_us_ = kn_now_us(); // only what is completed from now on is news
		if (perform(action))
			return;
		switch (action) {
		case Action::probe:
			if (!is_removing()) {
				probe();
				return;
			}
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

	if (id)
		kn_warn(pci(), "nothing is completed behind a command of member %llu: set aside",
			static_cast<unsigned long long>(id));
}

void Supervisor::probe()
{
	core::assert_held(mutex_);
	probed_us_ = kn_now_us();
	queue().probe();
}

/// A member that was set aside stays so only if the device works at once without its command.
/// Else the device paused.
void Supervisor::admit()
{
	core::assert_held(mutex_);
	if (kn_now_us() - probed_us_ > prompt_us)
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

	if (!waited)
		recovery_.retries().start(kn_now_ms());
	violation_counted_ = false;
	usable_ = false;
	queue().pause();
	// While stalled, each second try resets the device: a reset of the queue leaves more as it
	// is, but not all devices recover by it.
	if ((waited || recovery_.retries().count() % 2 == 1) &&
	    session_.reset_queue(deadline()).ok()) {
		if (waited)
			kn_warn(pci(), "admin queue reset, epoch %u", session_.epoch());
		usable_ = true;
		return Event::reset_done;
	}
	const Status reset = session_.restart(deadline());
	if (reset.ok()) {
		if (waited)
			kn_warn(pci(), "device reset, epoch %u", session_.epoch());
		usable_ = true;
		return Event::reset_done;
	}
	if (waited)
		kn_warn(pci(), "reset failed (%d)", base::to_errno(reset));
	return reset.error() == Error::no_device ? unreachable_event() : Event::reset_failed;
}

/// Starts the device after a reset of the function.
Event Supervisor::restart()
{
	core::assert_held(mutex_);
	violation_counted_ = false;
	const Status restarted = session_.restart(session_.operation_deadline());
	usable_ = restarted.ok();
	if (usable_)
		return Event::reset_done;
	kn_warn(pci(), "restart after a reset failed (%d)", base::to_errno(restarted));
	return restarted.error() == Error::no_device ? unreachable_event() : Event::reset_failed;
}

Event Supervisor::unreachable_event()
{
	return kn_pci_removed(pci()) ? Event::removed : Event::unreachable;
}

/// A function that the kernel is about to reset must not be accessed.
bool Supervisor::event_of_lost(Event &event)
{
	core::assert_held(mutex_);
	const u64 now_ms = kn_now_ms();
	Retries &retries = recovery_.retries();

	if (kn_pci_removed(pci())) {
		event = Event::removed;
		return true;
	}
	if (session_.transport().is_cut_off() || !retries.due(now_ms))
		return false;
	if (session_.transport().health() == Health::unreachable) {
		retries.start(now_ms);
		return false;
	}
	event = Event::answers;
	return true;
}

bool Supervisor::event_of_retry(Event &event)
{
	core::assert_held(mutex_);
	event = Event::retry;
	return recovery_.retries().due(kn_now_ms());
}

bool Supervisor::event_of_queue(const QueueActivity &activity, Event &event)
{
	core::assert_held(mutex_);
	const State now = state();

	if (now == State::live) {
		event = Event::suspected;
		return recovery_.is_silent(activity);
	}
	if (usable_ && activity.completed_us >= probed_us_) {
		event = Event::alive;
		return true;
	}
	if (now == State::stalled)
		return event_of_retry(event);
	event = Event::expired;
	return recovery_.has_expired(probed_us_, activity.now_us);
}

/// Finds out what device and queue show. Returns whether that is an event.
bool Supervisor::next_event(Event &event)
{
	core::assert_held(mutex_);
	bool violated;
	bool unreachable;
	QueueActivity activity;

	if (state() == State::lost)
		return event_of_lost(event);
	if (!is_running(state()))
		return false;
	const Health health = session_.transport().health();
	{
		SpinGuard guard{queue().lock()};
		const RequestQueue &now = queue().state();
		violated = now.gate().is_violated() && !violation_counted_;
		unreachable = now.gate().is_unreachable();
		activity = now.activity(nullptr);
	}
	if (unreachable || health == Health::unreachable) {
		event = unreachable_event();
		return true;
	}
	if (violated || (health == Health::needs_reset && state() != State::stalled)) {
		violation_counted_ = violated;
		usable_ = false;
		event = recovery_.needs_reset(violated, kn_now_ms());
		if (state() != State::stalled || event == Event::hopeless)
			return true;
	}
	return event_of_queue(activity, event);
}

/// The recovery work.
void Supervisor::observe()
{
	MutexGuard guard{mutex_};
	Event event;

	// The interrupt may be lost, or there is none.
	queue().process();
	keep_time();
	for (unsigned i = 0; i < max_events && next_event(event); i++) {
		raise(event);
		keep_time();
	}
	report();
	if (state() == State::suspect || state() == State::recovering)
		kn_delayed_work_start(&timer_, observation_ms);
	else if (const u64 due_ms = next_try_ms())
		kn_delayed_work_start(&timer_, base::minimum(milliseconds_until(due_ms), stalled_ms));
}

/// When the next try is due; 0 for none.
u64 Supervisor::next_try_ms()
{
	core::assert_held(mutex_);
	const bool tries = state() == State::stalled ||
			   (state() == State::lost && !session_.transport().is_cut_off());

	return tries ? recovery_.retries().due_ms() : 0;
}

/// The pauses begin and end with the states, which may change in any context.
void Supervisor::keep_time()
{
	core::assert_held(mutex_);
	Retries &retries = recovery_.retries();
	const State now = state();

	if (now == State::stalled || now == State::lost) {
		if (!retries.due_ms())
			retries.begin(kn_now_ms());
	} else if (now == State::live) {
		retries.end(kn_now_ms());
	}
}

void Supervisor::report()
{
	core::assert_held(mutex_);
	const u64 now_ms = kn_now_ms();
	const State now = state();

	if (now == State::live && stalled_ms_) {
		kn_warn(pci(), "completes commands again, after %llu s",
			static_cast<unsigned long long>((now_ms - stalled_ms_) / 1000));
		stalled_ms_ = 0;
	}
	if (now != State::stalled)
		return;
	if (!stalled_ms_)
		stalled_ms_ = now_ms;
	else if (now_ms - reported_ms_ < report_ms)
		return;
	reported_ms_ = now_ms;
	kn_warn(pci(), "completes no commands: %u tries in %llu s, and tries go on",
		recovery_.retries().count(),
		static_cast<unsigned long long>((now_ms - stalled_ms_) / 1000));
}

} // namespace owner
