// SPDX-License-Identifier: GPL-2.0-only
// A member's legacy registers as admin commands reach them: virtio 1.3, 2.12.1.1.
#pragma once

#include "core/admin_command.hh"

namespace core {

/// How often the registers may have changed behind their user's back.
struct Era {
	u32 function = 0; ///< by resets of the function: what was written is gone
	u32 owner = 0;	  ///< by resets of its owner, or of the owner's queue alone

	bool operator==(const Era &) const = default;
};

/**
 * class LegacyDevice - where accesses go
 *
 * For one caller at a time, who bounds its waits by a deadline of its own.
 */
class LegacyDevice {
public:
	/**
	 * execute() - do accesses in order
	 * @accesses: all but the first are reads without side effects, because they may
	 *	be in flight when the one before them fails, and are repeated then
	 * @done: how many succeeded, from the first on; what the others read is undefined
	 *
	 * Callers rely on the order. Commands that are in the device together have it because
	 * a device processes the commands of a queue in order (2.13.1).
	 *
	 * Return: success, or why access number @done failed. Context: may sleep.
	 */
	[[nodiscard]] virtual base::Status execute(std::span<Access> accesses, usize &done) = 0;

	/// Not a later one than that of the commands to come. Context: any.
	[[nodiscard]] virtual Era era() const = 0;

	/// Microseconds of a clock that only goes forward. Context: any.
	[[nodiscard]] virtual u64 now_us() const = 0;

protected:
	~LegacyDevice() = default;
};

} // namespace core
