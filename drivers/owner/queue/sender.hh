// SPDX-License-Identifier: GPL-2.0-only
// A source of commands: a member, or the owner for the whole group.
#pragma once

#include "kernel/log.h"
#include "owner/queue/scheduler.hh"
#include "wire/admin.hh"

namespace owner {

/// All zero initially but the limit. The queue's lock protects all but the limit.
struct Sender : SlotSender {
	kn_ratelimit limit;			 ///< of messages that the sender can cause
	base::u64 commands[wire::admin_opcodes]; ///< submitted, ever
	base::u64 timeouts;			 ///< commands without a completion before their deadline, ever
};

/// Of all senders of a queue, those that do not exist any more included.
struct Totals {
	base::u64 commands[wire::admin_opcodes];
	base::u64 timeouts;
};

} // namespace owner
