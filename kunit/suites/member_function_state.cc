// SPDX-License-Identifier: GPL-2.0-only
// Whether a function is broken, while resets of it begin at any moment.
#include "kunit/test.hh"
#include "member/function_state.hh"

KT_SUITE(member_function_state);

using base::u32;
using member::FunctionState;

KT_CASE(broken_until_it_is_mended)
{
	FunctionState function;

	KT_EXPECT(!function.broken());
	KT_EXPECT(function.break_since(function.resets()));
	KT_EXPECT(function.broken());
	function.mend();
	KT_EXPECT(!function.broken());
	KT_EXPECT(function.break_since(function.resets()));
	KT_EXPECT(function.broken());
}

KT_CASE(found_broken_too_late)
{
	FunctionState function;
	const u32 before = function.resets();

	// The reset may be over by now, and nobody would mend it any more.
	function.reset_begins();
	KT_EXPECT(!function.break_since(before));
	KT_EXPECT(!function.broken());
	KT_EXPECT(function.break_since(function.resets()));
}

KT_CASE(a_reset_alone_mends_nothing)
{
	FunctionState function;
	KT_REQUIRE(function.break_since(function.resets()));

	function.reset_begins();
	KT_EXPECT(function.broken());
	function.mend();
	KT_EXPECT(!function.broken());
}

KT_CASE(resets_are_counted_broken_or_not)
{
	FunctionState function;
	KT_EXPECT_EQ(function.resets(), 0);

	function.reset_begins();
	KT_REQUIRE(function.break_since(1));
	KT_EXPECT_EQ(function.resets(), 1);
	function.reset_begins();
	KT_EXPECT_EQ(function.resets(), 2);
	function.mend();
	KT_EXPECT_EQ(function.resets(), 2);
}

KT_CASE(function_reset_leaves_a_broken_function_unconfirmed)
{
	FunctionState function;

	function.reset_begins();
	function.reset_ends();
	KT_EXPECT(!function.unconfirmed()); // it works
	KT_REQUIRE(function.break_since(function.resets()));
	KT_EXPECT(!function.unconfirmed());
	function.reset_begins();
	KT_EXPECT(!function.unconfirmed()); // not yet
	function.reset_ends();
	KT_EXPECT(function.unconfirmed());
	KT_EXPECT(function.broken());
	KT_EXPECT_EQ(function.resets(), 2);
	function.mend();
	KT_EXPECT(!function.broken());
	KT_EXPECT(!function.unconfirmed());
}

KT_CASE(answer_of_the_device_confirms_or_not)
{
	for (const bool is_reset : {false, true}) {
		FunctionState function;

		KT_REQUIRE(function.break_since(0));
		function.reset_begins();
		function.reset_ends();
		function.confirm(1, is_reset);
		KT_EXPECT_EQ(function.broken(), !is_reset);
		KT_EXPECT(!function.unconfirmed());
		KT_EXPECT_EQ(function.resets(), 1);
	}
}

KT_CASE(answer_that_comes_too_late_confirms_nothing)
{
	FunctionState function;

	KT_REQUIRE(function.break_since(0));
	function.reset_begins();
	function.reset_ends();
	function.reset_begins(); // before the answer
	function.confirm(1, true);
	KT_EXPECT(function.unconfirmed());
	function.reset_ends();
	function.confirm(2, true);
	KT_EXPECT(!function.broken());
	KT_REQUIRE(function.break_since(2));
	function.confirm(2, true); // of another caller, before it broke again
	KT_EXPECT(function.broken());
	function.mend();
	function.confirm(2, false);
	KT_EXPECT(!function.broken());
}

KT_SUITE_END(member_function_state);
