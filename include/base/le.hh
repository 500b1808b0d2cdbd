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

template <std::unsigned_integral T>
[[nodiscard]] inline T load_le_as(const u8 *from)
{
	Le<T> value;

	__builtin_memcpy(&value, from, sizeof(value));
	return value.get();
}

template <std::unsigned_integral T>
inline void store_le_as(u8 *to, u64 number)
{
	const Le<T> value{static_cast<T>(number)};

	__builtin_memcpy(to, &value, sizeof(value));
}

/// Reads up to 8 bytes as one little-endian number; missing bytes count as 0.
[[nodiscard]] inline u64 load_le(ConstBytes bytes)
{
	u64 value = 0;

	switch (bytes.size()) { // the widths of registers are one load
	case 1:
		return bytes[0];
	case 2:
		return load_le_as<u16>(bytes.data());
	case 4:
		return load_le_as<u32>(bytes.data());
	case 8:
		return load_le_as<u64>(bytes.data());
	default:
		for (usize i = 0; i < bytes.size() && i < sizeof(value); i++)
			value |= static_cast<u64>(bytes[i]) << (8 * i);
		return value;
	}
}

/// Writes the low bytes of @value, least significant first.
inline void store_le(Bytes bytes, u64 value)
{
	switch (bytes.size()) { // the widths of registers are one store
	case 1:
		bytes[0] = static_cast<u8>(value);
		break;
	case 2:
		store_le_as<u16>(bytes.data(), value);
		break;
	case 4:
		store_le_as<u32>(bytes.data(), value);
		break;
	case 8:
		store_le_as<u64>(bytes.data(), value);
		break;
	default:
		for (u8 &byte : bytes) {
			byte = static_cast<u8>(value);
			value >>= 8;
		}
	}
}

} // namespace base
