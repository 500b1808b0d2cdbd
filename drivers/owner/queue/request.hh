// SPDX-License-Identifier: GPL-2.0-only
// Commands that one waiter submits together, and their outcome.
#pragma once

#include "base/atomic.hh"
#include "core/admin_command.hh"
#include "kernel/wait.h"
#include "owner/member.hh"
#include "owner/queue/pending_link.hh"
#include "owner/units.hh"

namespace owner {

using base::Error;
using base::Status;
using base::usize;

/// Commands of one request.
constexpr usize max_batch = 4;

/// What became of a request.
struct Outcome {
	/// Success, or why the first command without a completion has none.
	Status status;
	/// Commands with a completion, in order from the first.
	usize completed;
	/// When the last wait began, for a completion or else for a slot (kn_now_us()).
	u64 since_us;
};

/// How long an access may take. It outlives the requests of the access.
struct Patience {
	u64 deadline;		///< had no command waited for its turn (kn_now_ms())
	u64 &queued_ms;		///< for how long its commands did, as far as that does not count
	const u32 &timeout_ms;	///< command_timeout_ms
};

/// How long an access may take in all.
constexpr u64 max_access_ms = 60000;

/**
 * struct Request - up to max_batch commands of one sender, on the waiter's stack
 *
 * Invariant: until done is complete, the queue's lock protects the request, and only the
 * pending link, the scheduler and slots refer to it. complete() drops all of these references
 * first. So a woken waiter needs no lock, and its stack may go.
 */
struct Request : SlotWaiter {
	/// @whose: null for the whole group
	Request(std::span<core::Access> all, base::Bytes room, Member *whose, Sender &from,
		const Patience &given)
		: accesses(all), result(room), member(whose), sender(from), patience(given),
		  deadline(given.deadline + given.queued_ms)
	{
		kn_completion_init(&done);
	}

	std::span<core::Access> accesses; ///< one for each command
	base::Bytes result;		  ///< gets the result of NOTIFY_INFO
	Member *member;			  ///< null for the whole group
	Sender &sender;
	const Patience &patience;
	u64 deadline;	   ///< kn_now_ms()
	u64 since_us = 0;  ///< when the present wait began
	u16 slots[max_batch];
	u16 submitted = 0; ///< commands that the device got, from the first on
	u16 pending = 0;   ///< submitted commands without an outcome
	u16 completed = 0; ///< submitted commands before the first without a completion
	Status status;	   ///< why that one has none
	PendingLink link{this};
	kn_completion done; ///< no command is pending

	/// Whether the next command fits into the request's slots.
	[[nodiscard]] bool has_more() const
	{
		return submitted < accesses.size() && submitted < max_batch;
	}

	/// The next command was submitted in @slot.
	void note_submitted(u16 slot)
	{
		slots[submitted++] = slot;
		completed++;
		pending++;
	}

	/// Completes a request without submitted commands.
	void refuse(Error reason)
	{
		status = reason;
		complete();
	}

	/// Sets the outcome of the command at @index. The last one completes the request.
	void finish(u16 index, const Status &outcome)
	{
		if (!outcome.ok() && index < completed) {
			completed = index;
			status = outcome;
		}
		if (--pending == 0)
			complete();
	}

	/// When the access is over however long its commands wait for their turn (kn_now_ms()): four
	/// times the timeout after its begin, and max_access_ms at most.
	[[nodiscard]] u64 limit() const
	{
		const u64 timeout_ms = base::setting_load(patience.timeout_ms);
		const u64 rest_ms = max_access_ms - base::minimum(timeout_ms, max_access_ms);

		return patience.deadline + base::minimum(3 * timeout_ms, rest_ms);
	}
	/// When the request expires (kn_now_ms()). A queued one does once the queue made no
	/// progress for as long as it had left when it was queued. @completed_us: the last
	/// completion of any request
	[[nodiscard]] u64 due_ms(u64 completed_us) const
	{
		if (!queued || completed_us <= since_us)
			return deadline;
		return base::minimum(deadline + (completed_us - since_us) / us_per_ms, limit());
	}
	[[nodiscard]] bool expired(u64 now_us, u64 completed_us) const
	{
		return now_us >= due_ms(completed_us) * us_per_ms;
	}

	/// The request got a slot at @now_us, after it was queued.
	void leave_queue(u64 now_us)
	{
		const u64 passed_ms = (now_us - since_us) / us_per_ms;
		const u64 most_ms = limit();
		const u64 room_ms = most_ms - base::minimum(most_ms, deadline);
		const u64 granted_ms = base::minimum(passed_ms, room_ms);

		patience.queued_ms += granted_ms;
		deadline += granted_ms;
		since_us = now_us;
	}

	[[nodiscard]] Outcome outcome() const { return {status, completed, since_us}; }

private:
	void complete()
	{
		link.unlink();
		kn_complete(&done);
	}
};

} // namespace owner
