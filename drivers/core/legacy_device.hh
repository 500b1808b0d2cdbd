// SPDX-License-Identifier: GPL-2.0-only
// A member's legacy registers as admin commands reach them: virtio 1.3, 2.12.1.3.
#pragma once

#include "core/admin_command.hh"

namespace core {

/// One access to part of a field, and what it read.
struct LegacyAccess {
	LegacySpace space = LegacySpace::common;
	bool write = false;
	u8 offset = 0;	///< in @space
	u8 length = 0;	///< 1 to max_legacy_data, inside one field
	u64 value = 0;	///< of these bytes as they stand there, the first one the lowest

	[[nodiscard]] static LegacyAccess read(LegacySpace space, u16 offset, usize length)
	{
		return {.space = space,
			.offset = static_cast<u8>(offset),
			.length = static_cast<u8>(length)};
	}
	[[nodiscard]] static LegacyAccess write_of(LegacySpace space, u16 offset, u64 value,
						   usize length)
	{
		return {.space = space,
			.write = true,
			.offset = static_cast<u8>(offset),
			.length = static_cast<u8>(length),
			.value = value};
	}
};
static_assert(sizeof(LegacyAccess::value) == max_legacy_data);

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
	 *	be under way when the one before them fails, and are then repeated
	 * @done: how many succeeded, and have what they read
	 *
	 * Return: success, or why access number @done failed. Context: may sleep.
	 */
	[[nodiscard]] virtual base::Status execute(std::span<LegacyAccess> accesses, usize &done) = 0;

	/// Not a later one than that of the commands to come. Context: any.
	[[nodiscard]] virtual Era era() const = 0;

	/// Microseconds of a clock that only goes forward. Context: any.
	[[nodiscard]] virtual u64 now_us() const = 0;

protected:
	~LegacyDevice() = default;
};

} // namespace core
