// SPDX-License-Identifier: GPL-2.0-only
// Commands of members: which ones the device takes (virtio 1.3, 2.12.1), and retries.
#pragma once

#include "owner/admission.hh"
#include "owner/controller.hh"

namespace owner {

/// Commands that are submitted together.
struct Batch {
	std::span<core::Access> accesses; ///< one to max_batch
	Bytes result = {};		  ///< of NOTIFY_INFO
	usize done = 0;			  ///< commands that succeeded, from the first on
	u64 &queued_ms;			  ///< for how long commands waited for their turn
};

/**
 * class Commands - executes commands once the command list is negotiated
 *
 * Invariant: after each reset of the device, LIST_QUERY and LIST_USE are completed once before any
 * other command, with none in flight meanwhile (2.12.1.3).
 *
 * Context: may sleep.
 */
class Commands {
public:
	explicit Commands(Controller &controller)
		: controller_(controller), admission_(controller.supervisor())
	{
	}

	/// Whether the device offers the legacy commands. Asks it if that is not known.
	base::Result<bool> has_legacy();
	/**
	 * execute() - execute commands of a member
	 * @batch: all but the first command may be repeated
	 * @deadline: kn_now_ms(); the time for which commands wait for their turn, while other
	 *	commands are completed, does not count, up to Request::limit()
	 *
	 * Return: success, or why the command behind those that are done failed.
	 */
	Status execute(Batch &batch, Member &member, u64 deadline);

private:
	[[nodiscard]] bool is_ready(wire::AdminOpcode opcode) const;
	Status attempt(Batch &batch, Member *member, u64 deadline);
	Status submit_list(core::Access &access, u64 deadline);
	Status negotiate(u64 deadline);
	Status ready(wire::AdminOpcode opcode, const Member *member, u64 deadline);
	Error classify_failure(Error error, Member *member, u64 since_us);
	void report(const core::Access &access, Member *member);

	Controller &controller_;
	Admission admission_;
	base::Atomic<bool> negotiating_{false};
};

} // namespace owner
