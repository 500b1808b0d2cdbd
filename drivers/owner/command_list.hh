// SPDX-License-Identifier: GPL-2.0-only
// The command list that LIST_USE has put into force: virtio 1.3, 2.12.1.
#pragma once

#include "base/atomic.hh"
#include "core/admin_command.hh"

namespace owner {

/**
 * class CommandList - the opcodes in use
 *
 * Invariant: while in_force() and the queue accepts commands, the device has accepted opcodes()
 * since its last reset, and since VF Enable was set. The last known opcodes() stay readable
 * afterwards.
 *
 * Context: any, no locks.
 */
class CommandList {
public:
	void use(core::OpcodeSet opcodes)
	{
		opcodes_.store(opcodes.bits());
		in_force_.store(true);
	}
	/// The device was reset, or the group ended with VF Enable.
	void invalidate() { in_force_.store(false); }

	[[nodiscard]] bool in_force() const { return in_force_.load(); }
	/// None before the first use().
	[[nodiscard]] core::OpcodeSet opcodes() const { return core::OpcodeSet{opcodes_.load()}; }

private:
	base::Atomic<base::u64> opcodes_{0};
	base::Atomic<bool> in_force_{false};
};

} // namespace owner
