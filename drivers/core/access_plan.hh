// SPDX-License-Identifier: GPL-2.0-only
// Splitting an access to BAR0 into commands: virtio 1.3, 2.12.1.3 wants every
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
		find(piece);
		piece.position = done_;
		if (piece.length > length_ - done_)
			piece.length = static_cast<u16>(length_ - done_);
		done_ = static_cast<u16>(done_ + piece.length);
		return true;
	}

private:
	void find(Piece &piece) const;
	[[nodiscard]] u16 register_access(u32 bar_offset) const;

	const DeviceType &type_;
	MsixLayout layout_;
	u16 start_;
	u16 length_;
	u16 done_ = 0;
};

} // namespace core
