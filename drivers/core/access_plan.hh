// SPDX-License-Identifier: GPL-2.0-only
// Splitting an access to BAR0 into single fields: virtio 1.3, 2.12.1.3 wants
// every legacy command to stay inside one.
#pragma once

#include "core/admin_command.hh"
#include "core/device_type.hh"
#include "wire/legacy.hh"

namespace core {

/// Which layout BAR0 has: it follows the guest's MSI-X enable bit.
enum class MsixLayout : u8 { disabled, enabled };

/// A part of an access.
struct Piece {
	enum class Where : u8 {
		common,	 ///< a legacy register
		device,	 ///< a field of the device configuration
		hole,	 ///< in the BAR, but in no field: reads 0, drops writes
		outside, ///< past the BAR: reads ones, drops writes
	};

	Where where = Where::outside;
	u16 offset = 0;	  ///< in the structure, for common and device
	u16 length = 0;
	u16 position = 0; ///< in the access
	u16 field = 0;	  ///< offset of the field in its structure
	u16 width = 0;	  ///< of the whole field
	wire::Writable writable = wire::Writable::no;
};

/**
 * class AccessPlan - the pieces of one access, in ascending order
 *
 * Every byte of the access is in exactly one piece; a piece of a field is at
 * most max_legacy_data bytes long.
 */
class AccessPlan {
public:
	/// @offset is in BAR0; @length at most 64 KiB less one.
	AccessPlan(const DeviceType &type, MsixLayout layout, u16 offset, u16 length)
		: type_(type), layout_(layout), start_(offset), length_(length)
	{
	}

	/// Sets @piece to the next one; false if there is none.
	[[nodiscard]] bool next(Piece &piece)
	{
		if (done_ >= length_)
			return false;
		find(type_, layout_, u32{start_} + done_, piece);
		piece.position = done_;
		if (piece.length > length_ - done_)
			piece.length = static_cast<u16>(length_ - done_);
		done_ = static_cast<u16>(done_ + piece.length);
		return true;
	}

private:
	static void find(const DeviceType &type, MsixLayout layout, u32 bar_offset, Piece &piece);

	const DeviceType &type_;
	MsixLayout layout_;
	u16 start_;
	u16 length_;
	u16 done_ = 0;
};

} // namespace core
