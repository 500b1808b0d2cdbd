// SPDX-License-Identifier: GPL-2.0-only
// Integers of fixed width and views of raw bytes.
#pragma once

#include "base/std.hh"

namespace base {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using usize = std::size_t;

using Bytes = std::span<u8>;
using ConstBytes = std::span<const u8>;

/// Returns the smaller of two numbers.
template <typename T>
constexpr T minimum(T a, T b)
{
	return b < a ? b : a;
}

/// Returns the larger of two numbers.
template <typename T>
constexpr T maximum(T a, T b)
{
	return a < b ? b : a;
}

/// Copies as much of @from as fits into @to, which it does not overlap; returns how much.
constexpr usize copy_bytes(Bytes to, ConstBytes from)
{
	const usize n = minimum(from.size(), to.size());

	if (__builtin_is_constant_evaluated())
		for (usize i = 0; i < n; i++)
			to[i] = from[i];
	else if (n)
		__builtin_memcpy(to.data(), from.data(), n);
	return n;
}

constexpr void fill_bytes(Bytes to, u8 value)
{
	if (__builtin_is_constant_evaluated())
		for (u8 &byte : to)
			byte = value;
	else if (!to.empty())
		__builtin_memset(to.data(), value, to.size());
}

/// A number that cannot be mixed up with one of another @Tag.
template <typename Tag, typename T>
class Strong {
public:
	constexpr Strong() = default;
	constexpr explicit Strong(T value) : value_(value) {}
	[[nodiscard]] constexpr T value() const { return value_; }
	constexpr bool operator==(const Strong &) const = default;

private:
	T value_ = 0;
};

} // namespace base
