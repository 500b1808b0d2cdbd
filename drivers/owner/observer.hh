// SPDX-License-Identifier: GPL-2.0-only
// What device and queue of an owner show, as events.
#pragma once

#include "owner/recovery.hh"
#include "owner/session.hh"

namespace owner {

/**
 * class Observer - finds the next event of an owner
 *
 * Invariant: a completion counts as `alive` only if it came after the last probe or the begin of the
 * stall, and if no reset has failed since. One violation is counted once.
 *
 * One caller at a time: the owner's mutex serializes them. Context: may sleep.
 */
class Observer {
public:
	Observer(Session &session, Recovery &recovery) : session_(session), recovery_(recovery) {}

	/// Finds out what device and queue show. Return: whether that is an event, in @event.
	[[nodiscard]] bool next_event(Event &event);
	/// The function does not answer. Return: removed or unreachable.
	[[nodiscard]] Event unreachable_event() const;

	/// Completions from now on are news.
	void note_probe() { probed_us_ = alive_us_ = kn_now_us(); }
	/// A reset begins, or ended with success.
	void note_reset(bool done)
	{
		if (done)
			violation_counted_ = false;
		usable_ = done;
	}
	/// Whether the completion that was `alive` came soon after the probe, however late it was
	/// observed.
	[[nodiscard]] bool is_prompt() const { return alive_us_ - probed_us_ <= prompt_us; }

private:
	[[nodiscard]] bool event_of_lost(Event &event);
	[[nodiscard]] bool event_of_queue(const QueueActivity &queue, Event &event);

	Session &session_;
	Recovery &recovery_;
	u64 probed_us_ = 0;  ///< when the last probe began (kn_now_us())
	u64 alive_us_ = 0;   ///< last completion when `alive` was found, or when the probe began
	bool usable_ = true; ///< what the device completes proves that it works
	bool violation_counted_ = false;
};

} // namespace owner
