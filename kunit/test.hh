// SPDX-License-Identifier: GPL-2.0-only
// A test case's words. The same cases run in the kernel (KUnit) and as a program
// of the host under sanitizers.
//
//	KT_SUITE(my_suite);                     once, before the cases
//	KT_CASE(what_is_so) { KT_EXPECT(...); } once for each
//	KT_SUITE_END(my_suite);                 once, last
//
// The suite's name also stands in kunit/suites.h, and its file is
// kunit/suites/<name>.cc.
#pragma once

#include "base/types.hh"
#include "kunit/shim.h"

namespace kt {

using base::ConstBytes;
using base::u16;
using base::u32;
using base::u64;
using base::u8;
using base::usize;

/// Any integer, enumeration or pointer as a number to compare and to print.
template <typename T>
constexpr u64 number(const T &value)
{
	if constexpr (std::is_enum_v<T>)
		return static_cast<u64>(static_cast<std::underlying_type_t<T>>(value));
	else if constexpr (std::is_pointer_v<T>)
		return reinterpret_cast<u64>(value);
	else if constexpr (std::is_null_pointer_v<T>)
		return 0;
	else
		return static_cast<u64>(value);
}

template <typename A, typename B>
bool expect_equal(const A &actual, const B &wanted, const char *text, const char *file, int line)
{
	return kt_expect_equal(number(actual), number(wanted), text, file, line);
}

inline bool expect_bytes(ConstBytes actual, ConstBytes wanted, const char *text, const char *file,
			 int line)
{
	return kt_expect_bytes(actual.data(), actual.size(), wanted.data(), wanted.size(), text,
			       file, line);
}

template <int N>
using Index = std::integral_constant<int, N>;

} // namespace kt

/// Notes a failure unless @condition; the case goes on. True if it holds.
#define KT_EXPECT(condition) kt_expect((condition), #condition, __FILE__, __LINE__)

/// Like KT_EXPECT(actual == wanted), and shows both as numbers.
#define KT_EXPECT_EQ(actual, wanted) \
	kt::expect_equal((actual), (wanted), #actual " == " #wanted, __FILE__, __LINE__)

/// Compares two spans of bytes, and shows where they differ.
#define KT_EXPECT_BYTES(actual, wanted) \
	kt::expect_bytes((actual), (wanted), #actual " == " #wanted, __FILE__, __LINE__)

/// Leaves the function, which returns nothing, unless @condition.
#define KT_REQUIRE(condition)                 \
	do {                                  \
		if (!KT_EXPECT(condition))    \
			return;               \
	} while (0)

#define KT_SUITE(suite)                                  \
	namespace {                                      \
	enum { kt_first_case = __COUNTER__ + 1 };        \
	}                                                \
	static_assert(true)

#define KT_CASE(name)                                                              \
	static void kt_case_##name();                                              \
	namespace {                                                                \
	enum { kt_number_##name = __COUNTER__ - kt_first_case };                   \
	constexpr kt_case kt_case_at(kt::Index<kt_number_##name>)                  \
	{                                                                          \
		return {#name, kt_case_##name};                                    \
	}                                                                          \
	}                                                                          \
	static void kt_case_##name()

/// The cases stand in the order of the file.
#define KT_SUITE_END(suite)                                                        \
	namespace {                                                                \
	template <int... N>                                                        \
	constexpr auto kt_all_cases(std::integer_sequence<int, N...>)              \
	{                                                                          \
		return std::array<kt_case, sizeof...(N)>{kt_case_at(kt::Index<N>{})...}; \
	}                                                                          \
	constexpr auto kt_cases =                                                  \
		kt_all_cases(std::make_integer_sequence<int, __COUNTER__ - kt_first_case>{}); \
	}                                                                          \
	extern "C" {                                                               \
	extern const kt_suite kt_suite_##suite;                                    \
	const kt_suite kt_suite_##suite = {#suite, kt_cases.data(), kt_cases.size()}; \
	}                                                                          \
	static_assert(true)
