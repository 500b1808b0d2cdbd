// SPDX-License-Identifier: GPL-2.0-only
// Little-endian integers as they stand on the wire. Conversion is explicit both
// ways, so that a wire value cannot slip into arithmetic unnoticed.
#pragma once

#include "base/types.hh"

namespace base {

template <std::unsigned_integral T>
class Le {
public:
	constexpr Le() = default;
	constexpr explicit Le(T value) : raw_(swap(value)) {}
	[[nodiscard]] constexpr T get() const { return swap(raw_); }

private:
	static constexpr T swap(T value)
	{
		if constexpr (std::endian::native == std::endian::little || sizeof(T) == 1)
			return value;
		T out = 0;
		for (usize i = 0; i < sizeof(T); i++) {
			out = static_cast<T>((out << 8) | (value & 0xff));
			value = static_cast<T>(value >> 8);
		}
		return out;
	}

	T raw_ = 0;
};

using Le16 = Le<u16>;
using Le32 = Le<u32>;
using Le64 = Le<u64>;

static_assert(sizeof(Le16) == 2 && alignof(Le16) == 2);
static_assert(sizeof(Le32) == 4 && alignof(Le32) == 4);
static_assert(sizeof(Le64) == 8 && alignof(Le64) == 8);

/// Reads up to 8 bytes as one little-endian number; missing bytes count as 0.
[[nodiscard]] constexpr u64 load_le(ConstBytes bytes)
{
	u64 value = 0;

	for (usize i = 0; i < bytes.size() && i < sizeof(value); i++)
		value |= static_cast<u64>(bytes[i]) << (8 * i);
	return value;
}

/// Writes the low bytes of @value, least significant first.
constexpr void store_le(Bytes bytes, u64 value)
{
	for (u8 &byte : bytes) {
		byte = static_cast<u8>(value);
		value >>= 8;
	}
}

} // namespace base
