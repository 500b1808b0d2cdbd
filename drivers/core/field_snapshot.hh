// SPDX-License-Identifier: GPL-2.0-only
// Bytes of one field that were read together.
#pragma once

#include "core/legacy_device.hh"

namespace core {

/// A guest that is still at its bytes after this long may care for their age.
constexpr u64 snapshot_lifetime_us = 10'000;

/**
 * class FieldSnapshot - a field read ahead, each byte of which is given out once
 *
 * So a guest that reads byte by byte sees one state of the field, where the bytes of
 * a real device may be of several. A second read of a byte is a wish to see what it
 * is now, and gets nothing from here.
 */
class FieldSnapshot {
public:
	/// @value: of @length bytes, as in Access
	void fill(u16 offset, u64 value, u8 length, u64 now_us)
	{
		offset_ = offset;
		length_ = length;
		value_ = value;
		left_ = static_cast<u8>((1u << length) - 1);
		taken_us_ = now_us;
	}

	void drop() { left_ = 0; }

	/// Gives out bytes at @offset if all of them are here. Else everything is dropped.
	[[nodiscard]] bool take(u16 offset, Bytes data, u64 now_us)
	{
		const unsigned at = static_cast<unsigned>(offset) - offset_;
		const unsigned wanted = ((1u << data.size()) - 1) << (at < 8 ? at : 0);

		if (!left_ || at >= length_ || data.size() > length_ - at ||
		    (left_ & wanted) != wanted || now_us - taken_us_ > snapshot_lifetime_us) {
			drop();
			return false;
		}
		left_ = static_cast<u8>(left_ & ~wanted);
		base::store_le(data, value_ >> 8 * at);
		return true;
	}

private:
	u64 taken_us_ = 0;
	u64 value_ = 0;
	u16 offset_ = 0;
	u8 length_ = 0;
	u8 left_ = 0; ///< a bit for each byte not given out yet

	static_assert(max_legacy_data <= 8);
};

} // namespace core
