// SPDX-License-Identifier: GPL-2.0-only
// Slots in flight, and orphans.
#include "kunit/support/parts.hh"

KT_SUITE(owner_slot_table);

using base::Error;
using base::u16;
using base::u32;
using base::u64;
using base::u8;
using owner::SlotTable;
using support::Reads;
using support::Table;

namespace {

/// Nothing is in flight.
bool is_empty(const Table &parts)
{
	const SlotTable::Counts &counts = parts.table.counts();
	bool empty = counts.all == 0 && counts.group == 0 && counts.orphans == 0 &&
		     counts.overdue == 0 && counts.unsampled == 0;

	for (u32 id = 0; id < support::max_members; id++)
		empty = empty && parts.member[id].outstanding == 0 && parts.member[id].orphans == 0;
	return empty;
}

/// Takes the only completion: its slot, or owner::no_slot.
u16 take(Table &parts)
{
	SlotTable::Used used = {};
	const auto taken = parts.table.next_used(used);

	return taken.ok() && taken.get() ? used.slot : owner::no_slot;
}

} // namespace

KT_CASE(slots_fit_ring_and_setting)
{
	const struct {
		u16 ring;
		bool indirect;
		u32 max;
		u16 requests;
		u16 probes;
	} cases[] = {{64, true, 64, 63, 1}, {64, false, 64, 31, 1}, {4, true, 64, 3, 1},
		     {4, false, 64, 2, 0},  {64, true, 1, 1, 1},    {64, true, 7, 7, 1},
		     {2, false, 64, 1, 0}};

	for (const auto &[ring, indirect, max, requests, probes] : cases) {
		const Table parts{ring, indirect, max};
		KT_EXPECT_EQ(parts.table.request_slots(), requests);
		KT_EXPECT_EQ(parts.table.size(), requests + probes);
		KT_EXPECT_EQ(parts.table.probe_slot(), probes ? requests : owner::no_slot);
		KT_EXPECT_EQ(parts.table.ring().entries(), ring);
	}
}

KT_CASE(ring_without_room_is_refused)
{
	SlotTable table;
	kn_pci *const function = support::part_function();

	KT_EXPECT_EQ(table.init(function, 1, false, true, 64).error(), Error::not_supported);
	KT_EXPECT_EQ(table.init(function, 8, true, true, 0).error(), Error::not_supported);
	KT_EXPECT_EQ(table.size(), 0);
}

KT_CASE(answer_of_another_member_is_cleared)
{
	Table parts{8};
	Reads &one = parts.reads(0);
	Reads &two = parts.reads(1);

	parts.table.submit(one.request, 0);
	parts.answer_status(parts.head(0), 0xab);
	KT_EXPECT_EQ(take(parts), 0);
	(void)parts.table.release(0);
	parts.table.submit(two.request, 0);
	parts.use(parts.head(1), 9); // without a write
	SlotTable::Used used = {};
	KT_EXPECT(parts.table.next_used(used).get());
	KT_EXPECT(parts.table.read_answer(used).ok());
	KT_EXPECT_EQ(two.accesses[0].value, 0);
	(void)parts.table.release(0);
}

KT_CASE(completion_is_read_into_its_own_answer)
{
	Table parts{8};
	Reads &reads = parts.reads(0, 2);

	parts.table.submit(reads.request, 5);
	parts.table.submit(reads.request, 2);
	parts.answer_status(parts.head(1), 0x22);
	SlotTable::Used used = {};
	KT_EXPECT(parts.table.next_used(used).get());
	KT_EXPECT_EQ(used.slot, 2);
	KT_EXPECT(parts.table.read_answer(used).ok());
	KT_EXPECT_EQ(reads.accesses[1].value, 0x22);
	KT_EXPECT_EQ(reads.accesses[0].value, 0);
	KT_EXPECT_EQ(parts.table.release(2), &parts.member[0].sender);
	KT_EXPECT_EQ(parts.table.counts().all, 1);
	(void)parts.table.release(5);
	KT_EXPECT(is_empty(parts));
}

KT_CASE(answer_longer_than_its_buffer_is_refused)
{
	Table parts{8};
	Reads &reads = parts.reads(0);
	SlotTable::Used used = {};

	parts.table.submit(reads.request, 0);
	parts.use(parts.head(0), 10);
	KT_EXPECT(parts.table.next_used(used).get());
	KT_EXPECT_EQ(parts.table.read_answer(used).error(), Error::protocol);
	(void)parts.table.release(0);
}

KT_CASE(used_entry_of_no_slot_in_flight_is_refused)
{
	for (const bool indirect : {false, true})
		for (const u32 id : {0u, 1u, 3u, 8u, 16u, 0xffffu, 0x10004u, ~0u}) {
			Table parts{16, indirect, 8};
			Reads &reads = parts.reads(0);
			SlotTable::Used used = {};

			parts.table.submit(reads.request, 2);
			parts.use(id, 9);
			KT_EXPECT_EQ(parts.table.next_used(used).error(), Error::protocol);
			(void)parts.table.release(2);
		}
}

KT_CASE(slot_is_returned_once)
{
	Table parts{8};
	Reads &one = parts.reads(0);
	Reads &two = parts.reads(0);
	SlotTable::Used used = {};

	parts.table.submit(one.request, 0);
	parts.table.submit(two.request, 1);
	parts.answer_status(0, 1);
	parts.answer_status(0, 1);
	KT_EXPECT_EQ(take(parts), 0);
	(void)parts.table.release(0);
	KT_EXPECT_EQ(parts.table.next_used(used).error(), Error::protocol);
	(void)parts.table.release(1);
}

KT_CASE(counters_agree_with_slots)
{
	Table parts{8};
	Reads &group = parts.group_command();
	Reads &reads = parts.reads(0, 2);

	parts.table.submit(group.request, 0);
	parts.table.submit(reads.request, 1);
	parts.table.submit(reads.request, 2);
	const SlotTable::Counts &counts = parts.table.counts();
	KT_EXPECT_EQ(counts.all, 3);
	KT_EXPECT_EQ(counts.group, 1);
	KT_EXPECT_EQ(counts.unsampled, 1);
	KT_EXPECT_EQ(counts.orphans, 0);
	KT_EXPECT_EQ(parts.member[0].outstanding, 2);
	KT_EXPECT_EQ(parts.table[0].position, 1);
	KT_EXPECT_EQ(parts.table[2].position, 3);
	parts.table.orphan(1, Error::timed_out);
	KT_EXPECT_EQ(counts.all, 3);
	KT_EXPECT_EQ(counts.orphans, 1);
	KT_EXPECT_EQ(parts.member[0].orphans, 1);
	for (const u16 slot : {0, 1, 2})
		(void)parts.table.release(slot);
	KT_EXPECT(is_empty(parts));
}

KT_CASE(orphan_sets_the_outcome_of_its_command)
{
	Table parts{8};
	Reads &reads = parts.reads(0, 3);

	for (const u16 slot : {4, 5, 6})
		parts.table.submit(reads.request, slot);
	parts.table.orphan(5, Error::timed_out);
	KT_EXPECT(!reads.done());
	parts.table.orphan(6, Error::protocol);
	reads.request.finish(0, {});
	KT_EXPECT(reads.done());
	const owner::Outcome outcome = reads.request.outcome();
	KT_EXPECT_EQ(outcome.completed, 1);
	KT_EXPECT_EQ(outcome.status.error(), Error::timed_out); // of the first without a completion
	for (const u16 slot : {4, 5, 6})
		(void)parts.table.release(slot);
}

KT_CASE(overdue_slot_has_no_position)
{
	Table parts{8};
	Reads &reads = parts.reads(0, 3);

	reads.request.since_us = 1000;
	parts.table.submit(reads.request, 0);
	parts.table.mark_overdue(1999, 1000);
	KT_EXPECT_EQ(parts.table.counts().overdue, 0);
	parts.table.mark_overdue(2000, 1000);
	parts.table.mark_overdue(5000, 1000);
	KT_EXPECT_EQ(parts.table.counts().overdue, 1);
	reads.request.since_us = 4500;
	parts.table.submit(reads.request, 1);
	KT_EXPECT_EQ(parts.table[1].position, 1);
	(void)parts.table.release(0);
	KT_EXPECT_EQ(parts.table.counts().overdue, 0);
	(void)parts.table.release(1);
	KT_EXPECT(is_empty(parts));
}

KT_CASE(dropped_members_are_not_touched_by_release)
{
	Table parts{8};
	Reads &group = parts.group_command();
	Reads &reads = parts.reads(0);

	parts.table.submit(group.request, 0);
	parts.table.submit(reads.request, 1);
	parts.table.drop_members();
	KT_EXPECT(!parts.table.release(1));
	KT_EXPECT_EQ(parts.member[0].outstanding, 1); // as it was
	KT_EXPECT_EQ(parts.table.release(0), &parts.group);
	KT_EXPECT_EQ(parts.table.counts().all, 0);
	KT_EXPECT_EQ(parts.table.counts().group, 0);
}

KT_CASE(cleared_ring_starts_again)
{
	Table parts{8};
	Reads &one = parts.reads(0);
	Reads &two = parts.reads(0);

	parts.table.submit(one.request, 0);
	parts.answer_status(0, 1);
	(void)parts.table.release(0);
	parts.table.ring().clear();
	parts.used = 0;
	KT_EXPECT(!parts.table.ring().has_used());
	KT_EXPECT_EQ(parts.available(), 0);
	parts.table.submit(two.request, 0);
	KT_EXPECT_EQ(parts.available(), 1);
	parts.answer_status(parts.head(0), 1);
	KT_EXPECT_EQ(take(parts), 0);
	(void)parts.table.release(0);
}

KT_SUITE_END(owner_slot_table);
