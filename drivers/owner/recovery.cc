// SPDX-License-Identifier: GPL-2.0-only
#include "owner/recovery.hh"

#include "owner/units.hh"

namespace owner {

namespace {

constexpr u64 credit_window_ms = 60000;

} // namespace

u64 Recovery::timeout_ms() const
{
	return base::setting_load(timeout_ms_);
}

/// A command waits for 7/8 of the timeout at least, since it may be submitted late.
bool Recovery::is_stalled(const QueueActivity &queue) const
{
	return queue.busy && queue.now_us - queue.idle_since_us >= timeout_ms() / 8 * 7 * us_per_ms;
}

/// A waiter may be late. A wait that began before the member was recovered, or before a reset of
/// the queue, which may have recovered it, says nothing.
bool Recovery::is_member_broken(const QueueActivity &queue, const FailedWait &wait) const
{
	const u64 half_us = timeout_ms() * us_per_ms / 2;

	return queue.now_us - wait.since_us >= half_us &&
	       queue.others_us >= queue.now_us - half_us && wait.since_us >= queue.opened_us &&
	       wait.since_us >= wait.recovered_us;
}

Action Recovery::examine(const Findings &findings) const
{
	if (state() != State::live)
		return Action::none;
	if (findings.unreachable)
		return Action::handle_unreachable;
	return findings.violated || findings.stalled || findings.needs_reset ? Action::reset
									      : Action::none;
}

bool Recovery::take_reset_credit(u64 now_ms, unsigned credits)
{
	const u64 before_ms = resets_ms_[max_resets - credits];

	if (before_ms != 0 && now_ms - before_ms < credit_window_ms)
		return false;
	resets_ms_[0] = resets_ms_[1];
	resets_ms_[1] = resets_ms_[2];
	resets_ms_[2] = now_ms;
	return true;
}

Action Recovery::reset_failed(Error error) const
{
	if (state() != State::live) // cut off meanwhile
		return Action::none;
	return error == Error::no_device ? Action::handle_unreachable : Action::mark_dead;
}

Action Recovery::unreachable(bool removed, bool still_stopped) const
{
	if (removed)
		return Action::mark_dead;
	return still_stopped ? Action::mark_lost : Action::none;
}

} // namespace owner
