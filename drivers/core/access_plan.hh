// SPDX-License-Identifier: GPL-2.0-only
// Splitting an access to BAR0 into commands: virtio 1.3, 2.12.1.1 wants every
// legacy command to stay inside one field.
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
		common, ///< a legacy register
		device, ///< a field of the device configuration
		hole,	///< in the BAR, but in no field: reads 0, drops writes
		none,	///< in the middle of a register, or past the BAR: reads ones, drops writes
	};

	Where where = Where::none;
	u16 offset = 0;	  ///< in the structure, for common and device
	u16 length = 0;	  ///< in the access; a register may have another width
	u16 position = 0; ///< in the access
	u16 field = 0;	  ///< offset of the field in its structure
	u16 width = 0;	  ///< of the whole field
	wire::Writable writable = wire::Writable::no;

	/// Bytes of the command: a register is accessed as a whole.
	[[nodiscard]] constexpr u16 command_length() const
	{
		return where == Where::common ? width : length;
	}
};

/**
 * class AccessPlan - the pieces of one access, in ascending order
 *
 * Every byte of the access is in exactly one piece.
 *
 * Registers are those of QEMU's transitional device, with which drivers were tested. The
 * address alone names the register:
 *  - An access of 1, 2 or 4 bytes is one piece. A wider access than the register reads the
 *    value zero-extended, and writes its low bytes. A narrower one reads the low bytes, and
 *    writes its value zero-extended.
 *  - An access that starts in the middle of a register is a piece of Where::none.
 *  - Accesses of other lengths are cut first, into aligned pieces of 4, 2 or 1 bytes, as
 *    vfio-pci cuts them.
 *
 * In device configuration a piece is the part of one field, of at most max_legacy_data bytes.
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
		const u16 left = static_cast<u16>(length_ - done_);
		const u32 at = u32{start_} + done_;
		if (at < common_size(layout_)) // in every BAR
			find_register(static_cast<u16>(at),
				      is_register_access(length_) ? length_ : aligned_part(at, left),
				      piece);
		else
			find(type_, layout_, at, piece);
		piece.position = done_;
		if (piece.length > left)
			piece.length = left;
		done_ = static_cast<u16>(done_ + piece.length);
		return true;
	}

private:
	static constexpr bool is_register_access(u16 length)
	{
		return length == 1 || length == 2 || length == 4;
	}
	static constexpr u16 common_size(MsixLayout layout)
	{
		return layout == MsixLayout::enabled ? WIRE_LEGACY_COMMON_SIZE_MSIX
						     : WIRE_LEGACY_COMMON_SIZE;
	}
	static u16 aligned_part(u32 bar_offset, u16 left);
	static void find_register(u16 offset, u16 part, Piece &piece);
	static void find(const DeviceType &type, MsixLayout layout, u32 bar_offset, Piece &piece);

	const DeviceType &type_;
	MsixLayout layout_;
	u16 start_;
	u16 length_;
	u16 done_ = 0;
};

} // namespace core
