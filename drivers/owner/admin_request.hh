// SPDX-License-Identifier: GPL-2.0-only
// Commands that go to the device together, and who waits for their answers.
#pragma once

#include "core/admin_command.hh"
#include "kernel/wait.h"
#include "owner/member.hh"
#include "owner/wait_ring.hh"

namespace owner {

using base::Error;
using base::Status;
using base::usize;

/// Commands that are sent together at most.
constexpr usize max_batch = 4;

/**
 * struct AdminRequest - what one waiter sends, and what comes of it
 *
 * On the waiter's stack. It goes with the queue's lock until it is complete; completing it is
 * the last thing that others do with it, so a waiter that was woken needs no lock. A waiter
 * that gives up takes it back first, under the lock. While it is queued, its commands wait
 * to be sent by who finds slots for them. Until it is complete it is in the queue's ring of
 * those who wait.
 */
struct AdminRequest : SlotWaiter {
	AdminRequest(std::span<const core::AdminCommand> all, std::span<core::AdminAnswer> room,
		     Member *whom, u64 end)
		: commands(all), answers(room), member(whom), deadline(end)
	{
		kn_completion_init(&done);
	}

	std::span<const core::AdminCommand> commands;
	std::span<core::AdminAnswer> answers;
	Member *member; ///< null for the whole group
	u64 deadline;
	u64 since_us = 0; ///< since when it waits for what it waits for
	u16 slots[max_batch];
	u16 sent = 0;	  ///< how many of the commands, from the front
	u16 pending = 0;  ///< of these, who still gets an answer
	u16 answered = 0; ///< of these, those before the first that gets none
	Status status;	  ///< why that one gets none
	WaitLink waits{this};
	kn_completion done; ///< none is pending, or nothing is sent

	/// Its next command was sent in @slot.
	void note_sent(u16 slot)
	{
		slots[sent++] = slot;
		answered++;
		pending++;
	}

	/// Nothing of it is sent. Completes it.
	void refuse(Error reason)
	{
		status = reason;
		complete();
	}

	/// The command at @index has its answer, or gets none. Completes the request if it
	/// was the last one.
	void settle(u16 index, const Status &outcome)
	{
		if (!outcome.ok() && index < answered) {
			answered = index;
			status = outcome;
		}
		if (--pending == 0)
			complete();
	}

private:
	void complete()
	{
		waits.leave();
		kn_complete(&done);
	}
};

} // namespace owner
