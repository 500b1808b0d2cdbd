// SPDX-License-Identifier: GPL-2.0-only
// Commands that one waiter submits together, and their outcome.
#pragma once

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
	/// For how long the request was queued, as far as that does not count.
	u64 queued_ms;
};

/// How long a request may take. Times are kn_now_ms().
struct Patience {
	u64 deadline; ///< of a request that is not queued; the time in the queue does not count
	u64 limit;    ///< of any request
};

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
		const Patience &patience)
		: accesses(all), result(room), member(whose), sender(from),
		  deadline(patience.deadline), limit(patience.limit)
	{
		kn_completion_init(&done);
	}

	std::span<core::Access> accesses; ///< one for each command
	base::Bytes result;		  ///< gets the result of NOTIFY_INFO
	Member *member;			  ///< null for the whole group
	Sender &sender;
	u64 deadline;	   ///< kn_now_ms()
	u64 limit;	   ///< of deadline
	u64 queued_ms = 0; ///< as in Outcome
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

	/// When the request expires (kn_now_ms()). A queued one does once the queue made no
	/// progress for as long as it had left when it was queued. @completed_us: the last
	/// completion of any request
	[[nodiscard]] u64 due_ms(u64 completed_us) const
	{
		if (!queued || completed_us <= since_us)
			return deadline;
		return base::minimum(deadline + (completed_us - since_us) / us_per_ms, limit);
	}
	[[nodiscard]] bool expired(u64 now_us, u64 completed_us) const
	{
		return now_us >= due_ms(completed_us) * us_per_ms;
	}

	/// The request got a slot at @now_us, after it was queued.
	void leave_queue(u64 now_us)
	{
		const u64 passed_ms = (now_us - since_us) / us_per_ms;
		const u64 room_ms = limit - base::minimum(limit, deadline);
		const u64 granted_ms = base::minimum(passed_ms, room_ms);

		queued_ms += granted_ms;
		deadline += granted_ms;
		since_us = now_us;
	}

	[[nodiscard]] Outcome outcome() const { return {status, completed, since_us, queued_ms}; }

private:
	void complete()
	{
		link.unlink();
		kn_complete(&done);
	}
};

} // namespace owner
