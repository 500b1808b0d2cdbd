// SPDX-License-Identifier: GPL-2.0-only
// Whether the admin queue accepts commands, and from which senders.
#pragma once

#include "owner/queue/request.hh"

namespace owner {

/**
 * class Gate - the conditions for the submission of a command
 *
 * Invariant: a closed gate has a reason. Members pass only through an open gate that admits
 * them, and not while they are held or broken. A protocol violation is known until reset().
 *
 * Not locked: the caller holds the queue's lock.
 */
class Gate {
public:
	void open(u64 now_us)
	{
		open_ = true;
		opened_us_ = now_us;
	}

	/// Lets members pass, if the gate is open: the command list is negotiated (2.12.1.3).
	void admit_members() { members_admitted_ = open_; }

	/// Lets no member pass: the command list ends with VF Enable.
	void bar_members() { members_admitted_ = false; }

	/// Closes it. Senders are told Error::no_device, or, for any other reason, Error::again.
	void close(Error reason)
	{
		open_ = false;
		reason_ = reason == Error::no_device ? reason : Error::again;
	}

	/// Closes it because the device broke the rules of the queue.
	void violated()
	{
		close(Error::protocol);
		violated_ = true;
	}

	/// After a confirmed reset: the list is not negotiated, and no rule is broken.
	void reset()
	{
		members_admitted_ = false;
		violated_ = false;
	}

	[[nodiscard]] bool is_open() const { return open_; }
	[[nodiscard]] bool is_violated() const { return violated_; }
	/// Whether it is closed because the device is unreachable.
	[[nodiscard]] bool is_unreachable() const { return !open_ && reason_ == Error::no_device; }
	/// When it was opened last (kn_now_us()).
	[[nodiscard]] u64 opened_us() const { return opened_us_; }
	[[nodiscard]] Error reason() const { return reason_; }

	/// Whether commands of @member pass at @now_us, or why not. @member is null for the whole
	/// group.
	[[nodiscard]] Status accepts(const Member *member, u64 now_us) const
	{
		if (!open_)
			return reason_;
		if (!member)
			return {};
		if (member->held || member->aside.active(now_us))
			return Error::no_such_address;
		return members_admitted_ ? Status{} : Status{Error::again};
	}

	/// Whether @request passes at @now_us, or why not; Error::no_space after its deadline.
	/// @completed_us: as in Request::due_ms()
	[[nodiscard]] Status accepts(const Request &request, u64 now_us, u64 completed_us) const
	{
		TRY(accepts(request.member, now_us));
		return request.expired(now_us, completed_us) ? Status{Error::no_space} : Status{};
	}

private:
	bool open_ = false;
	bool members_admitted_ = false;
	bool violated_ = false;
	Error reason_ = Error::again;
	u64 opened_us_ = 0;
};

} // namespace owner
