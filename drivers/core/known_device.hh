// SPDX-License-Identifier: GPL-2.0-only
// What is known of a device, and the commands that may end that.
#pragma once

#include "core/field_snapshot.hh"
#include "core/known_registers.hh"
#include "core/refused_reads.hh"

namespace core {

/**
 * class KnownDevice - what is known of a legacy device, and the way of each command to it
 *
 * Invariant: no knowledge outlives a command whose outcome is unknown, apart from the guest's
 * selection of a queue. The device's selection is known only after the command that wrote it
 * has succeeded. So every command of a Shadow goes through here.
 *
 * The parts know what a command that succeeded has changed: the caller tells them.
 *
 * Not locked: the caller is. It allocates nothing.
 */
class KnownDevice {
public:
	/// After a function reset: nothing is known.
	void forget();
	/// The device may be in any state. The guest's selection stays known.
	void distrust();

	/**
	 * run() - execute commands
	 * @accesses, @done: as LegacyDevice::execute()
	 *
	 * EINVAL alone says that the device executed nothing of the command that failed. At most the
	 * register that this command writes is unknown then, and the caller has invalidated it.
	 * Any other error ends what is known.
	 *
	 * Return, context: as LegacyDevice::execute().
	 */
	[[nodiscard]] base::Status run(std::span<Access> accesses, usize &done,
				       LegacyDevice &device);
	/// The same for one command.
	[[nodiscard]] base::Status run(Access &access, LegacyDevice &device);
	/// Selects @queue, and reads one of its registers by @access, in one go.
	[[nodiscard]] base::Status run_selected(u16 queue, Access &access, LegacyDevice &device);
	/// Sends the guest's selection to the device, if the device has another.
	[[nodiscard]] base::Status send_selection(LegacyDevice &device);

	[[nodiscard]] KnownRegisters &registers() { return registers_; }
	[[nodiscard]] QueueShadow &queues() { return registers_.queues(); }
	/// A field of device configuration that was read ahead.
	[[nodiscard]] FieldSnapshot &config() { return config_; }
	/// Reads of device configuration that the device refuses.
	[[nodiscard]] RefusedReads &refused_reads() { return refused_reads_; }

private:
	KnownRegisters registers_;
	FieldSnapshot config_;
	RefusedReads refused_reads_;
};

} // namespace core
