// SPDX-License-Identifier: GPL-2.0-only
// One command at a time of the kernel's own client, whose waits have no limit, for
// callers who have one: a worker waits in their place.
#pragma once

#include "base/atomic.hh"
#include "core/admin_command.hh"
#include "kernel/admin.h"
#include "kernel/wait.h"
#include "kernel/work.h"

namespace member {

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using base::usize;

/// A command for the kernel's client.
struct InTreeRequest {
	core::AdminOpcode opcode = core::AdminOpcode::legacy_common_read;
	u8 offset = 0;
	u8 length = 0;			       ///< of the data, 1 to max_legacy_data
	u8 data[core::max_legacy_data] = {};   ///< to be written
};

/// What came of it.
struct InTreeAnswer {
	bool sent = false;		       ///< set also if there is no more than that
	int result = 0;			       ///< 0, or as kn_admin_read() says
	u8 data[core::max_legacy_data] = {};   ///< that was read; zero where nothing came
	u8 bar = 0;			       ///< of legacy_notify_info
	u64 offset = 0;
};

/**
 * class InTreeSlot - the memory of that one command, and its worker
 *
 * A caller who gives up leaves the command to the worker as an *orphan*: memory,
 * PF and module stay until the client returns, which then frees the slot. So it
 * lives as long as either its user or a worker needs it.
 */
class InTreeSlot {
public:
	/// Takes @admin over; null if there is no memory, and then it does not.
	[[nodiscard]] static InTreeSlot *create(kn_admin *admin);
	/// Its user is done with it, whether or not the device is.
	void release();

	/**
	 * execute() - one command
	 *
	 * Return: success and an @answer; Error::timed_out if there was no turn before
	 * @deadline, or the client did not return; Error::interrupted if the task is being killed.
	 */
	base::Status execute(const InTreeRequest &request, u64 deadline, InTreeAnswer &answer);

	/// Waits until the client has no command; whether that is so before @deadline.
	[[nodiscard]] bool wait_idle(u64 deadline);

	/// Whether the client has a command that nobody waits for any more.
	[[nodiscard]] bool orphaned() const { return phase_.load() == Phase::orphan; }

private:
	enum class Phase : u8 {
		idle,
		queued,	   ///< the worker has not begun
		running,   ///< the client has it, and a caller waits
		orphan,	   ///< the client has it, and nobody waits
		finished,  ///< the caller may look
	};

	explicit InTreeSlot(kn_admin *admin) : admin_(admin) {}
	static void work(void *context);
	void run();
	void perform();
	void put();
	[[nodiscard]] bool abandon(bool &sent);

	kn_admin *admin_;
	base::Atomic<u32> users_{1};
	base::Atomic<Phase> phase_{Phase::idle};
	kn_completion turn_;	///< complete while nobody uses what follows
	kn_completion done_;
	kn_work work_;
	InTreeRequest request_;
	InTreeAnswer answer_;
};

} // namespace member
