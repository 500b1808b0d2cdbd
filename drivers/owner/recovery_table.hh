// SPDX-License-Identifier: GPL-2.0-only
// The states of an owner, and what each event does in each of them. Documentation/recovery.md
// shows the same table; scripts/check/states compares the two.
#pragma once

#include "kernel/types.h"

namespace owner {

/// State of an owner.
enum class State : u8 {
	live,	    ///< commands are executed
	suspect,    ///< commands are executed; a probe tells whether the device still works
	recovering, ///< reset and probed: commands of members wait
	stalled,    ///< completes nothing: commands fail, and the owner tries again and again
	frozen,	    ///< under reset by the kernel, or suspended: commands wait
	lost,	    ///< unreachable: commands fail until the function answers or is reset
	dead,	    ///< gone, or proven hopeless: commands fail until the function is reset
	ended,	    ///< unbound, or the host shuts down: final
};
constexpr unsigned states = 8;

/// What accesses of members meet: 0 execution, 1 a wait, 2 failure, 3 failure for good. Cached
/// registers do not outlive a change.
constexpr unsigned access_class(State state)
{
	if (state <= State::suspect) // one comparison, because each access asks
		return 0;
	switch (state) {
	case State::recovering:
	case State::frozen:
		return 1;
	case State::stalled:
	case State::lost:
		return 2;
	default:
		return 3;
	}
}

/// Whether no access of a member will be executed any more.
constexpr bool fails_for_good(State state)
{
	return access_class(state) == 3;
}

/// What happens to an owner.
enum class Event : u8 {
	suspected,    ///< the device has commands, and completed none for a quarter of the timeout
	alive,	      ///< the device completed a command since it was probed
	expired,      ///< it did not, for half of the timeout
	/// Invalid used entry, DEVICE_NEEDS_RESET, orphans of a closed member, or orphans in all slots.
	reset_needed,
	too_often,    ///< the same, and the last minute had max_resets resets
	hopeless,     ///< invalid used entries after each of max_violations resets
	reset_done,   ///< a reset by the owner succeeded
	reset_failed, ///< a reset by the owner failed, and the function answers
	retry,	      ///< the pause after the last try is over
	unreachable,  ///< registers of the function read ones
	answers,      ///< they do not any more
	cut_off,      ///< the kernel reports an error, and resets the function
	removed,      ///< the kernel reports that the function is gone
	reset_begins, ///< a reset by the kernel or a suspend begins
	reset_ends,   ///< it ended
	unbound,      ///< the driver is unbound, or the host shuts down
};
constexpr unsigned events = 16;

/// What the controller does about it.
enum class Action : u8 {
	none,
	probe,		   ///< submit LIST_QUERY, and watch for any completion
	reset,		   ///< do the smallest reset that helps
	reset_past_oldest, ///< the same, and set aside the member of the oldest command
	restart,	   ///< start the device anew after a reset of the function
	admit,		   ///< accept commands of members
	end_waits,	   ///< end all waits; try again after a pause
	give_up,	   ///< end all waits for good
	pause,		   ///< let all commands wait
};

/// A set of states.
using States = u8;

template <typename... Others>
constexpr States in(Others... others)
{
	return static_cast<States>(((1u << static_cast<unsigned>(others)) | ...));
}

/// One event in some states.
struct Transition {
	Event event;
	States from;
	State next;
	Action action;
};

/// A pair of state and event that is not in the table changes nothing.
constexpr States running = in(State::live, State::suspect, State::recovering,
				     State::stalled);
constexpr Transition transitions[] = {
	{Event::suspected, in(State::live), State::suspect, Action::probe},
	{Event::alive, in(State::suspect), State::live, Action::none},
	{Event::alive, in(State::recovering, State::stalled), State::live, Action::admit},
	{Event::expired, in(State::suspect), State::recovering, Action::reset_past_oldest},
	{Event::expired, in(State::recovering), State::stalled, Action::end_waits},
	{Event::reset_needed, in(State::live, State::suspect, State::recovering),
	 State::recovering, Action::reset},
	{Event::too_often, in(State::live, State::suspect, State::recovering),
	 State::stalled, Action::end_waits},
	{Event::hopeless, running, State::dead, Action::give_up},
	{Event::reset_done, in(State::recovering), State::recovering, Action::probe},
	{Event::reset_done, in(State::stalled), State::stalled, Action::probe},
	{Event::reset_done, in(State::frozen), State::live, Action::none},
	{Event::reset_failed, in(State::recovering, State::frozen),
	 State::stalled, Action::end_waits},
	{Event::retry, in(State::stalled), State::stalled, Action::reset},
	{Event::unreachable, running | in(State::frozen), State::lost, Action::end_waits},
	{Event::answers, in(State::lost), State::stalled, Action::reset},
	{Event::cut_off, running | in(State::frozen), State::lost, Action::end_waits},
	{Event::removed, running | in(State::frozen, State::lost), State::dead, Action::give_up},
	{Event::reset_begins, running | in(State::lost, State::dead), State::frozen, Action::pause},
	{Event::reset_ends, running | in(State::frozen, State::lost, State::dead),
	 State::frozen, Action::restart},
	{Event::unbound, running | in(State::frozen, State::lost, State::dead),
	 State::ended, Action::give_up},
};

/// What @event does in @state.
constexpr Transition transition(State state, Event event)
{
	for (const Transition &row : transitions)
		if (row.event == event && row.from & in(state))
			return row;
	return {event, in(state), state, Action::none};
}

} // namespace owner
