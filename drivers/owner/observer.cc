// SPDX-License-Identifier: GPL-2.0-only
#include "owner/observer.hh"

#include "core/lock_guard.hh"
#include "kernel/time.h"

namespace owner {

using core::SpinGuard;

Event Observer::unreachable_event() const
{
	return kn_pci_removed(session_.device().pci()) ? Event::removed : Event::unreachable;
}

/// A function that the kernel is about to reset must not be accessed.
bool Observer::event_of_lost(Event &event)
{
	const u64 now_ms = kn_now_ms();
	Retries &retries = recovery_.retries();

	event = unreachable_event();
	if (event == Event::removed)
		return true;
	if (session_.transport().is_cut_off() || !retries.due(now_ms))
		return false;
	if (session_.transport().health() == Health::unreachable) {
		retries.start(now_ms);
		return false;
	}
	event = Event::answers;
	return true;
}

/// A device that works, but keeps commands of members that gave up in all slots for requests, has to
/// be reset: nothing else frees a slot for the other members.
bool Observer::event_of_queue(const QueueActivity &queue, Event &event)
{
	const State now = recovery_.state();

	if (now == State::live) {
		event = Event::suspected;
		return recovery_.is_silent(queue);
	}
	if (usable_ && queue.completed_us >= probed_us_) {
		alive_us_ = queue.completed_us;
		event = now == State::suspect && queue.starved ? Event::reset_needed : Event::alive;
		return true;
	}
	if (now == State::stalled) {
		event = Event::retry;
		return recovery_.retries().due(kn_now_ms());
	}
	event = Event::expired;
	return recovery_.has_expired(probed_us_, queue.now_us);
}

bool Observer::next_event(Event &event)
{
	const State now = recovery_.state();
	bool violated;
	bool unreachable;
	QueueActivity activity;

	if (now == State::lost)
		return event_of_lost(event);
	if (!(running & in(now)))
		return false;
	const Health health = session_.transport().health();
	{
		SpinGuard guard{session_.queue().lock()};
		const RequestQueue &queue = session_.queue().state();
		violated = queue.gate().is_violated() && !violation_counted_;
		unreachable = queue.gate().is_unreachable();
		activity = queue.activity(nullptr);
	}
	if (unreachable || health == Health::unreachable) {
		event = unreachable_event();
		return true;
	}
	if (violated || (health == Health::needs_reset && now != State::stalled)) {
		violation_counted_ = violated;
		usable_ = false;
		event = recovery_.needs_reset(violated, kn_now_ms());
		if (now != State::stalled || event == Event::hopeless)
			return true;
	}
	return event_of_queue(activity, event);
}

} // namespace owner
