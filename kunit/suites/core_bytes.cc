// SPDX-License-Identifier: GPL-2.0-only
// Little-endian integers and byte copies, which everything on the wire rests on.
#include "base/guard.hh"
#include "base/le.hh"
#include "base/result.hh"
#include "kunit/test.hh"

KT_SUITE(core_bytes);

using base::Bytes;
using base::ConstBytes;
using base::u64;
using base::u8;
using base::usize;

KT_CASE(stores_least_significant_byte_first)
{
	for (usize width = 0; width <= 8; width++) {
		u8 bytes[10] = {};

		base::store_le(Bytes{bytes}.subspan(1, width), 0x8877665544332211);
		for (usize i = 0; i < sizeof(bytes); i++)
			KT_EXPECT_EQ(bytes[i], i > 0 && i <= width ? 0x11 * i : 0);
	}
}

KT_CASE(loads_any_number_of_bytes)
{
	const u8 bytes[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x88, 0x99};

	KT_EXPECT_EQ(base::load_le({}), u64{0});
	for (usize width = 1; width < 8; width++)
		KT_EXPECT_EQ(base::load_le({bytes, width}),
			     0x8807060504030201 & ((u64{1} << 8 * width) - 1));
	KT_EXPECT_EQ(base::load_le({bytes, 8}), u64{0x8807060504030201});
	KT_EXPECT_EQ(base::load_le({bytes, 9}), u64{0x8807060504030201});
}

KT_CASE(wire_integer_stands_little_endian)
{
	const base::Le32 value{0x89abcdef};
	const auto *bytes = reinterpret_cast<const u8 *>(&value);

	KT_EXPECT_EQ(bytes[0], 0xef);
	KT_EXPECT_EQ(bytes[3], 0x89);
	KT_EXPECT_EQ(value.get(), 0x89abcdefu);
}

KT_CASE(copy_stops_at_the_shorter_end)
{
	const u8 from[4] = {1, 2, 3, 4};
	u8 to[4] = {9, 9, 9, 9};

	KT_EXPECT_EQ(base::copy_bytes({to, 2}, from), usize{2});
	KT_EXPECT_EQ(to[1], 2);
	KT_EXPECT_EQ(to[2], 9);
	KT_EXPECT_EQ(base::copy_bytes(to, {from, 1}), usize{1});
	KT_EXPECT_EQ(to[1], 2);
}

namespace {

base::Result<int> half(int value)
{
	if (value % 2 != 0)
		return base::Error::invalid;
	return value / 2;
}

base::Result<int> quarter(int value)
{
	return half(TRY(half(value)));
}

} // namespace

KT_CASE(try_hands_on_the_first_error)
{
	KT_EXPECT_EQ(quarter(12).get(), 3);
	KT_EXPECT(!quarter(6).ok());
	KT_EXPECT(quarter(5).error() == base::Error::invalid);
	KT_EXPECT_EQ(base::to_errno(base::Error::timed_out), -110);
	KT_EXPECT_EQ(base::to_errno(base::Status{}), 0);
}

KT_CASE(no_errno_of_the_kernel_is_success)
{
	KT_EXPECT(base::from_errno(-110) == base::Error::timed_out);
	KT_EXPECT(base::from_errno(-512) == base::Error::io);
	KT_EXPECT(!base::Status{base::from_errno(0)}.ok());
}

KT_CASE(guard_runs_once_unless_dismissed)
{
	int runs = 0;

	{
		const base::ScopeGuard guard{[&] { runs++; }};
		KT_EXPECT_EQ(runs, 0);
	}
	KT_EXPECT_EQ(runs, 1);
	{
		base::ScopeGuard guard{[&] { runs++; }};
		guard.dismiss();
	}
	KT_EXPECT_EQ(runs, 1);
}

KT_SUITE_END(core_bytes);
