// SPDX-License-Identifier: GPL-2.0-only
// The owner in each state, and what each event does there: all pairs of the table. The device
// completes nothing meanwhile, so that only the case raises events.
#include "core/lock_guard.hh"
#include "kunit/support/caller.hh"
#include "kunit/support/queue.hh"
#include "kunit/support/text.hh"

KT_SUITE(owner_states);

using base::u32;
using owner::Action;
using owner::Event;
using owner::State;
using support::Caller;

namespace {

constexpr const char *state_names[] = {"live", "suspect", "recovering", "stalled",
				       "frozen", "lost", "dead", "ended"};
static_assert(std::size(state_names) == owner::states);
/// No deadline of a guest ends in a case, and no probe expires.
constexpr u32 timeout_ms = 60000;

owner::Supervisor &supervisor()
{
	return reinterpret_cast<owner::Owner *>(fake::pf().owner)->controller().supervisor();
}

void raise(Event event)
{
	core::MutexGuard guard{supervisor().mutex()};

	supervisor().raise(event);
}

/// A live owner comes into @state. Returns whether it did.
bool enter(State state)
{
	switch (state) {
	case State::live:
		break;
	case State::suspect:
		raise(Event::suspected);
		break;
	case State::recovering:
		raise(Event::reset_needed);
		break;
	case State::stalled:
		raise(Event::reset_needed);
		raise(Event::expired);
		break;
	case State::frozen:
		raise(Event::reset_begins);
		break;
	case State::lost:
		fake::set_unreachable(true);
		raise(Event::unreachable);
		fake::set_unreachable(false);
		break;
	case State::dead:
		raise(Event::removed);
		break;
	case State::ended:
		raise(Event::unbound);
		break;
	}
	return KT_EXPECT_EQ(supervisor().state(), state);
}

/// An owner in @state whose device completes nothing any more.
bool prepare(State state)
{
	if (!fake::bring_up(1) || !support::open_members(1) || support::read_status(1) != 0)
		return false;
	fake::forget_commands();
	fake::add_rule({.kind = fake::Kind::hold, .count = fake::forever});
	fake::set_timeout(timeout_ms);
	return enter(state);
}

bool needs_reset(Action action)
{
	return action == Action::reset || action == Action::reset_past_oldest ||
	       action == Action::restart;
}

bool is_waited_for(State state)
{
	return owner::access_class(state) < 2;
}

u32 resets()
{
	return fake::queue_resets() + fake::device_resets();
}

/// Raises @event in @state and checks what becomes of device, state, and a guest's access.
void expect_transition(State state, Event event)
{
	Caller guest;
	owner::Transition row = owner::transition(state, event);

	guest.read(1);
	if (!is_waited_for(state))
		KT_EXPECT(support::eventually([&] { return guest.done(); }));
	support::sleep_ms(2);
	const u32 resets_before = resets();
	raise(event);
	KT_EXPECT_EQ(resets() - resets_before, needs_reset(row.action) ? 1 : 0);
	while (needs_reset(row.action))
		row = owner::transition(row.next, Event::reset_done); // the device confirms it
	KT_EXPECT_EQ(supervisor().state(), row.next);
	KT_EXPECT(support::same_text(support::owner_view().state,
				     state_names[static_cast<u32>(row.next)]));
	if (row.action == Action::probe)
		KT_EXPECT(support::eventually(
			[] { return fake::seen(WIRE_ADMIN_LIST_QUERY) != 0; }));
	if (!is_waited_for(row.next))
		KT_EXPECT(support::eventually([&] { return guest.done(); }));
	else if (is_waited_for(state))
		KT_EXPECT(!guest.done());
	raise(Event::unbound); // ends the access
	KT_EXPECT(guest.finish() < 0);
}

void expect_all_events(State state)
{
	for (u32 event = 0; event < owner::events; event++) {
		KT_REQUIRE(prepare(state));
		expect_transition(state, static_cast<Event>(event));
		fake::set_timeout(fake::short_ms);
		support::close_members(1);
	}
}

} // namespace

KT_CASE(live_owner_meets_every_event)
{
	expect_all_events(State::live);
}

KT_CASE(suspect_owner_meets_every_event)
{
	expect_all_events(State::suspect);
}

KT_CASE(recovering_owner_meets_every_event)
{
	expect_all_events(State::recovering);
}

KT_CASE(stalled_owner_meets_every_event)
{
	expect_all_events(State::stalled);
}

KT_CASE(frozen_owner_meets_every_event)
{
	expect_all_events(State::frozen);
}

KT_CASE(lost_owner_meets_every_event)
{
	expect_all_events(State::lost);
}

KT_CASE(dead_owner_meets_every_event)
{
	expect_all_events(State::dead);
}

KT_CASE(ended_owner_meets_every_event)
{
	expect_all_events(State::ended);
}

KT_CASE(device_of_a_hopeless_owner_is_told_until_its_reset)
{
	KT_REQUIRE(fake::bring_up(1));
	raise(Event::hopeless);
	KT_EXPECT_EQ(supervisor().state(), State::dead);
	KT_EXPECT_EQ(fake::given_up(), 1u);
	KT_EXPECT(fake::device_status() & WIRE_STATUS_FAILED);
	virtio_owner_freeze(fake::pf().owner);
	fake::function_reset(fake::pf());
	KT_EXPECT_EQ(virtio_owner_thaw(fake::pf().owner), 0);
	KT_EXPECT_EQ(supervisor().state(), State::live);
	KT_EXPECT(!(fake::device_status() & WIRE_STATUS_FAILED));
}

KT_CASE(function_that_is_gone_is_not_told)
{
	KT_REQUIRE(fake::bring_up(1));
	fake::set_gone(true);
	raise(Event::removed);
	KT_EXPECT_EQ(supervisor().state(), State::dead);
	KT_EXPECT_EQ(fake::given_up(), 0u);
	fake::set_gone(false);
}

KT_CASE(owner_that_does_not_try_shows_no_next_try)
{
	for (const bool is_cut_off : {false, true}) {
		KT_REQUIRE(prepare(State::stalled));
		supervisor().schedule();
		KT_EXPECT(support::eventually([] { return support::owner_view().next_try_ms != 0; }));
		if (is_cut_off)
			virtio_owner_lose(fake::pf().owner);
		else
			raise(Event::hopeless);
		KT_EXPECT_EQ(supervisor().state(), is_cut_off ? State::lost : State::dead);
		KT_EXPECT_EQ(support::owner_view().next_try_ms, 0);
		fake::set_timeout(fake::short_ms);
		support::close_members(1);
	}
}

KT_CASE(table_has_one_row_for_a_pair)
{
	for (const owner::Transition &one : owner::transitions)
		for (const owner::Transition &other : owner::transitions)
			KT_EXPECT(&one == &other || one.event != other.event ||
				  (one.from & other.from) == 0);
}

KT_SUITE_END(owner_states);
