// SPDX-License-Identifier: GPL-2.0-only
#include "owner/recovery.hh"

#include "owner/units.hh"

namespace owner {

namespace {

constexpr u64 credit_window_ms = 60000;

} // namespace

u64 Recovery::timeout_us() const
{
	return base::setting_load(timeout_ms_) * us_per_ms;
}

Action Recovery::handle(Event event, u64 now_ms)
{
	for (;;) {
		const State state = state_.load();
		const Transition row = transition(state, event);
		if (!state_.replace(state, row.next))
			continue;
		if (row.next != state)
			since_ms_.store(now_ms);
		return row.action;
	}
}

bool Recovery::is_silent(const QueueActivity &queue) const
{
	return queue.is_silent(timeout_us());
}

bool Recovery::has_expired(u64 since_us, u64 now_us) const
{
	return now_us - since_us >= timeout_us() / 2;
}

u64 Recovery::reset_ms() const
{
	const u64 quarter_ms = base::setting_load(timeout_ms_) / 4;

	return quarter_ms > min_reset_ms ? quarter_ms : min_reset_ms;
}

/// A waiter may be late. A wait that began before the member was recovered, or before a reset of
/// the queue, which may have recovered it, says nothing.
bool Recovery::is_member_broken(const QueueActivity &queue, const FailedWait &wait) const
{
	const u64 half_us = timeout_us() / 2;

	return queue.now_us - wait.since_us >= half_us &&
	       queue.others_us >= queue.now_us - half_us && wait.since_us >= queue.opened_us &&
	       wait.since_us >= wait.recovered_us;
}

Event Recovery::needs_reset(bool violated, u64 now_ms)
{
	if (violated) {
		if (violations_ != 0 && now_ms - violated_ms_ >= settled_ms)
			violations_ = 0;
		violated_ms_ = now_ms;
		if (++violations_ > max_violations)
			return Event::hopeless;
	}
	return take_reset_credit(now_ms, max_resets) ? Event::reset_needed : Event::too_often;
}

bool Recovery::take_reset_credit(u64 now_ms, unsigned credits)
{
	const u64 before_ms = resets_ms_[max_resets - credits];

	if (before_ms != 0 && now_ms - before_ms < credit_window_ms)
		return false;
	for (unsigned i = 1; i < max_resets; i++)
		resets_ms_[i - 1] = resets_ms_[i];
	resets_ms_[max_resets - 1] = now_ms;
	return true;
}

void Recovery::keep_time(u64 now_ms)
{
	const State now = state();

	if (now == State::stalled || now == State::lost) {
		if (!retries_.due_ms())
			retries_.begin(now_ms);
	} else if (now == State::live) {
		retries_.end(now_ms);
	}
}

u64 Recovery::next_try_ms(bool cut_off) const
{
	const bool tries = state() == State::stalled || (state() == State::lost && !cut_off);

	return tries ? retries_.due_ms() : 0;
}

} // namespace owner
