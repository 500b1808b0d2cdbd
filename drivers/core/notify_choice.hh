// SPDX-License-Identifier: GPL-2.0-only
// Which notification address a member uses: virtio 1.3, 2.12.1.1.5.
#pragma once

#include "core/function_layout.hh"
#include "wire/admin.hh"

namespace core {

/// How a guest's queue notification reaches the device.
enum class DoorbellWay : u8 {
	command, ///< a legacy common configuration write
	owner,	 ///< an address in a BAR of the owner
	member,	 ///< an address in a BAR of the member
};

/// A notification is a write of two bytes (4.1.5.2).
constexpr u64 notify_width = 2;

struct NotifyChoice {
	DoorbellWay way = DoorbellWay::command;
	BarRange address; ///< for owner and member
};

/// The raw entries of one NOTIFY_INFO answer.
struct NotifyEntries {
	wire::NotifyEntry entry[WIRE_ADMIN_NOTIFY_ENTRIES];
};

[[nodiscard]] NotifyEntries parse_notify_entries(std::span<const u8> result);

/// Whether two bytes at @address are a place for notifications in @layout: BAR 1
/// to 5, even, inside the BAR, and overlapping nothing else.
[[nodiscard]] bool is_notify_address(const FunctionLayout &layout, const BarRange &address);

/// Addresses in the owner's BARs, which the owner checks and hands out.
class OwnerDoorbells {
public:
	/// Gets @address for this member, if it is fit and no other member's.
	[[nodiscard]] virtual bool claim(const BarRange &address) = 0;

protected:
	~OwnerDoorbells() = default;
};

/**
 * choose_notify() - the first usable entry, in the device's order
 *
 * An entry is usable if its flags name one place and its address is one for
 * notifications there. Others are ignored, as 2.12.1.1.5 asks.
 *
 * Return: the choice; a command write if no entry is usable.
 */
[[nodiscard]] NotifyChoice choose_notify(const NotifyEntries &entries, const FunctionLayout &member,
					 OwnerDoorbells &owner);

} // namespace core
