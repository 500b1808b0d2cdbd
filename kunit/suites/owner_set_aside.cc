// SPDX-License-Identifier: GPL-2.0-only
// A member is set aside, for how long, and what ends that.
#include "kunit/support/parts.hh"
#include "owner/queue/accusation.hh"

KT_SUITE(owner_set_aside);

using base::u16;
using base::u64;
using owner::Accusation;
using owner::set_aside_us;
using owner::SetAside;
using support::Reads;
using support::Table;

namespace {

constexpr u64 now_us = 5000;

/// Numbers the members, and gives the device a command of @id in @slot, submitted at @since_us.
void submit(Table &parts, u16 id, u16 slot, u64 since_us)
{
	Reads &reads = parts.reads(id);

	parts.member[id].id = core::MemberId{u64{id} + 1};
	reads.request.since_us = since_us;
	parts.table.submit(reads.request, slot);
}

bool is_aside(const Table &parts, u16 id)
{
	return parts.member[id].aside.active(kn_now_us());
}

} // namespace

KT_CASE(wait_in_vain_sets_aside_for_a_while)
{
	SetAside aside = {};

	KT_EXPECT(!aside.active(now_us));
	aside.begin(now_us);
	KT_EXPECT(aside.active(now_us + set_aside_us - 1));
	KT_EXPECT(!aside.active(now_us + set_aside_us));
	KT_EXPECT_EQ(aside.offences(), 0);
	KT_EXPECT(aside.forgive());
	KT_EXPECT(!aside.active(now_us));
	KT_EXPECT(!aside.forgive());
}

KT_CASE(second_offence_ends_with_clear_alone)
{
	SetAside aside = {};

	aside.offend(now_us);
	KT_EXPECT(!aside.active(now_us + set_aside_us));
	KT_EXPECT(aside.forgive());
	aside.offend(now_us);
	KT_EXPECT(aside.active(now_us + set_aside_us));
	aside.begin(now_us); // no shorter
	KT_EXPECT(aside.active(now_us + set_aside_us));
	KT_EXPECT(!aside.forgive());
	aside.clear();
	KT_EXPECT(!aside.active(0));
	KT_EXPECT_EQ(aside.offences(), 0);
}

KT_CASE(acquittal_takes_one_offence_back)
{
	SetAside aside = {};

	aside.offend(now_us);
	aside.offend(now_us);
	aside.acquit();
	KT_EXPECT(!aside.active(now_us));
	KT_EXPECT_EQ(aside.offences(), 1);
}

KT_CASE(acquittal_after_a_clear_changes_nothing)
{
	SetAside aside = {};

	aside.offend(now_us);
	aside.clear();
	aside.begin(now_us); // a new reason
	aside.acquit();
	KT_EXPECT(aside.active(now_us));
	KT_EXPECT_EQ(aside.offences(), 0);
}

KT_CASE(member_of_the_oldest_command_is_set_aside)
{
	Table parts{16};
	Accusation accusation{parts.table};

	submit(parts, 0, 0, 2000);
	submit(parts, 1, 1, 1000);
	KT_EXPECT_EQ(accusation.set_aside_oldest(), 2);
	KT_EXPECT(is_aside(parts, 1));
	KT_EXPECT(!is_aside(parts, 0));
	accusation.acquit();
	KT_EXPECT(!is_aside(parts, 1));
	for (const u16 slot : {0, 1})
		(void)parts.table.release(slot);
}

KT_CASE(oldest_command_for_the_group_sets_no_member_aside)
{
	Table parts{16};
	Accusation accusation{parts.table};

	KT_EXPECT_EQ(accusation.set_aside_oldest(), 0);
	parts.table.submit(parts.group_command().request, 0);
	submit(parts, 1, 1, 1000);
	KT_EXPECT_EQ(accusation.set_aside_oldest(), 0);
	accusation.acquit();
	KT_EXPECT(!is_aside(parts, 1));
	for (const u16 slot : {0, 1})
		(void)parts.table.release(slot);
}

KT_CASE(dropped_accusation_is_not_taken_back)
{
	Table parts{16};
	Accusation accusation{parts.table};

	submit(parts, 0, 0, 1000);
	KT_EXPECT_EQ(accusation.set_aside_oldest(), 1);
	accusation.drop();
	accusation.acquit();
	KT_EXPECT(is_aside(parts, 0));
	(void)parts.table.release(0);
}

KT_SUITE_END(owner_set_aside);
