// SPDX-License-Identifier: GPL-2.0-only
// Errors as values. errno leaves C++ through to_errno(), at the extern "C" thunks and in read and
// write of a VF's regions.
#pragma once

#include "base/types.hh"

namespace base {

/// The failures this project knows. The values are Linux errno numbers;
/// drivers/kernel/contract.c checks them against the kernel's.
enum class Error : u8 {
	interrupted = 4,
	io = 5,
	no_such_address = 6,
	bad_descriptor = 9,
	again = 11,
	no_memory = 12,
	fault = 14,
	busy = 16,
	exists = 17,
	no_device = 19,
	invalid = 22,
	no_such_ioctl = 25,
	no_space = 28,
	protocol = 71,
	not_supported = 95,
	timed_out = 110,
};

[[nodiscard]] constexpr int to_errno(Error error)
{
	return -static_cast<int>(error);
}

/// What the kernel's @error, a negative errno, is called here.
[[nodiscard]] constexpr Error from_errno(int error)
{
	return error < 0 && error >= -0xff ? static_cast<Error>(-error) : Error::io;
}

/// A value of type @T, or the reason why there is none.
template <typename T>
class [[nodiscard]] Result {
	static_assert(std::is_trivially_destructible_v<T> && std::is_default_constructible_v<T>);

public:
	constexpr Result(T value) : value_(value) {}
	constexpr Result(Error error) : error_(error) {}

	[[nodiscard]] constexpr bool ok() const { return error_ == Error{}; }
	/// Only if not ok().
	[[nodiscard]] constexpr Error error() const { return error_; }
	/// Only after ok(): the default value otherwise.
	[[nodiscard]] constexpr T get() const { return value_; }

private:
	T value_{};
	Error error_{}; ///< 0, which is no failure's number, with a value
};

/// Success, or the reason why not: one byte.
template <>
class [[nodiscard]] Result<void> {
public:
	constexpr Result() = default;
	constexpr Result(Error error) : error_(error) {}

	[[nodiscard]] constexpr bool ok() const { return error_ == Error{}; }
	/// Only if not ok().
	[[nodiscard]] constexpr Error error() const { return error_; }
	constexpr void get() const {}

private:
	Error error_{};
};

using Status = Result<void>;

/// What the kernel's @result, 0 or a negative errno, is called here.
[[nodiscard]] constexpr Status status_of(int result)
{
	return result ? Status{from_errno(result)} : Status{};
}

[[nodiscard]] constexpr int to_errno(const Status &status)
{
	return status.ok() ? 0 : to_errno(status.error());
}

} // namespace base

/// The value of @expr, or return its error from the enclosing function.
#define TRY(expr)                                     \
	({                                            \
		auto try_result = (expr);             \
		if (!try_result.ok())                 \
			return try_result.error();    \
		try_result.get();                     \
	})
