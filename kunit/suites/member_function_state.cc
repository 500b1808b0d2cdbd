// SPDX-License-Identifier: GPL-2.0-only
// Whether a function is broken, while resets of it begin and end at any moment.
#include "kunit/test.hh"
#include "member/function_state.hh"

KT_SUITE(member_function_state);

using base::u32;
using member::FunctionState;

namespace {

void reset(FunctionState &function)
{
	function.reset_begins();
	function.reset_ends();
}

} // namespace

KT_CASE(function_is_broken_until_it_is_mended)
{
	FunctionState function;

	KT_EXPECT(!function.broken());
	KT_EXPECT(function.works());
	for (u32 i = 0; i < 2; i++) {
		function.break_since(function.phase());
		KT_EXPECT(function.broken());
		KT_EXPECT(!function.works());
		KT_EXPECT(!function.unconfirmed());
		function.mend();
		KT_EXPECT(!function.broken());
		KT_EXPECT(function.works());
	}
}

KT_CASE(each_begin_and_each_end_is_a_phase)
{
	FunctionState function;

	for (u32 i = 0; i < 3; i++) {
		KT_EXPECT_EQ(function.phase(), 2 * i);
		KT_EXPECT(!function.resetting());
		KT_EXPECT(function.works());
		function.reset_begins();
		KT_EXPECT_EQ(function.phase(), 2 * i + 1);
		KT_EXPECT(function.resetting());
		KT_EXPECT(!function.works());
		function.reset_ends();
	}
	function.break_since(6);
	KT_EXPECT_EQ(function.phase(), 6);
	reset(function);
	KT_EXPECT_EQ(function.phase(), 8);
	function.mend();
	KT_EXPECT_EQ(function.phase(), 8);
}

KT_CASE(second_begin_or_end_is_a_reset_of_its_own)
{
	FunctionState function;

	function.reset_ends();
	KT_EXPECT(function.phase() != 0 && !function.resetting());
	function.reset_begins();
	const u32 first = function.phase();
	function.reset_begins();
	KT_EXPECT(function.phase() != first && function.resetting());
	function.reset_ends();
	KT_EXPECT(function.works());
}

KT_CASE(lost_registers_are_like_a_reset_that_ended)
{
	FunctionState function;
	const u32 before = function.phase();

	function.registers_lost();
	KT_EXPECT(function.phase() != before);
	KT_EXPECT(function.works());
	function.break_since(before);
	KT_EXPECT(function.unconfirmed());
	function.reset_begins();
	function.registers_lost();
	KT_EXPECT(function.resetting());
	KT_EXPECT(function.broken());
}

KT_CASE(function_found_broken_while_a_reset_runs_is_unconfirmed_at_its_end)
{
	FunctionState function;
	const u32 before = function.phase();

	// The reset may fail. Its end sees to it.
	function.reset_begins();
	function.break_since(before);
	KT_EXPECT(function.broken());
	KT_EXPECT(!function.unconfirmed());
	function.reset_ends();
	KT_EXPECT(function.broken());
	KT_EXPECT(function.unconfirmed());
}

KT_CASE(function_found_broken_after_a_reset_is_unconfirmed)
{
	for (const bool began : {false, true}) {
		FunctionState function;
		u32 before = function.phase();

		if (began) {
			function.reset_begins();
			before = function.phase();
			function.reset_ends();
		} else {
			reset(function);
		}
		function.break_since(before);
		KT_EXPECT(function.broken());
		KT_EXPECT(function.unconfirmed());
	}
}

KT_CASE(function_reset_leaves_a_broken_function_unconfirmed)
{
	FunctionState function;

	reset(function);
	KT_EXPECT(!function.unconfirmed()); // it works
	function.break_since(function.phase());
	KT_EXPECT(!function.unconfirmed());
	function.reset_begins();
	KT_EXPECT(!function.unconfirmed()); // not yet
	function.reset_ends();
	KT_EXPECT(function.unconfirmed());
	KT_EXPECT(function.broken());
	function.mend();
	KT_EXPECT(!function.broken());
	KT_EXPECT(!function.unconfirmed());
}

KT_CASE(answer_of_the_device_confirms_or_not)
{
	for (const bool is_reset : {false, true}) {
		FunctionState function;

		function.break_since(0);
		reset(function);
		function.confirm(2, is_reset);
		KT_EXPECT_EQ(function.broken(), !is_reset);
		KT_EXPECT(!function.unconfirmed());
		KT_EXPECT_EQ(function.phase(), 2);
	}
}

KT_CASE(answer_that_comes_too_late_confirms_nothing)
{
	FunctionState function;

	function.break_since(0);
	reset(function);
	function.reset_begins(); // before the answer
	function.confirm(2, true);
	KT_EXPECT(function.unconfirmed());
	function.reset_ends();
	function.confirm(4, true);
	KT_EXPECT(!function.broken());
	function.break_since(4);
	function.confirm(4, true); // of another caller, before it broke again
	KT_EXPECT(function.broken());
	function.mend();
	function.confirm(4, false);
	KT_EXPECT(!function.broken());
}

KT_SUITE_END(member_function_state);
