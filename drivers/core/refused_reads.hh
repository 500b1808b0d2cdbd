// SPDX-License-Identifier: GPL-2.0-only
// Reads of device configuration that a device refuses.
#pragma once

#include "core/access_plan.hh"

namespace core {

/**
 * class RefusedReads - reads that are not worth a command, because one of them was refused
 *
 * A device refuses what lies behind the end of its configuration, which may be inside a field. A
 * guest that polls there would cause a command that fails for each of its reads. The end may move
 * with a reset, with the features that the driver accepts, and with a write of the configuration:
 * the caller then calls clear().
 *
 * At most three commands for each field fail until then: one for the whole field, one for a part of
 * several bytes, one for the first byte that the device lacks.
 *
 * Not locked: the caller is.
 */
class RefusedReads {
public:
	void clear()
	{
		if (any_)
			*this = {};
	}

	/// Whether the read of @piece, in device configuration, would fail. Most devices refuse nothing.
	[[nodiscard]] bool has(const Piece &piece) const { return any_ && find(piece); }
	/// The device refused to read @piece. A device may refuse an access for its width, so only an
	/// access of one byte tells that the byte is missing, and so the rest of its field.
	void add(const Piece &piece)
	{
		any_ = true;
		if (piece.length > 1) {
			parts_.add(piece.field);
			if (piece.length == piece.width)
				wholes_.add(piece.field);
			return;
		}
		for (u16 at = piece.offset; at < piece.field + piece.width; at++)
			bytes_.add(at);
	}

	/// Whether the device refused to read the field at @field as a whole.
	[[nodiscard]] bool has_whole(u16 field) const { return wholes_.has(field); }
	void add_whole(u16 field)
	{
		any_ = true;
		wholes_.add(field);
	}

private:
	/// A bit for each offset in the longest configuration.
	class Offsets {
	public:
		[[nodiscard]] bool has(unsigned offset) const
		{
			return words_[offset / 64 % std::size(words_)] >> offset % 64 & 1;
		}
		void add(unsigned offset)
		{
			words_[offset / 64 % std::size(words_)] |= u64{1} << offset % 64;
		}

	private:
		u64 words_[4] = {};
	};

	[[nodiscard]] bool find(const Piece &piece) const
	{
		if (piece.length > 1 && parts_.has(piece.field))
			return true;
		for (u16 i = 0; i < piece.length; i++)
			if (bytes_.has(piece.offset + i))
				return true;
		return false;
	}

	bool any_ = false;
	Offsets wholes_; ///< by field
	Offsets parts_;	 ///< by field, of several bytes
	Offsets bytes_;	 ///< by byte
};

} // namespace core
