// SPDX-License-Identifier: GPL-2.0-only
// The way of a completion: its answer, its waiter, its slot, and what is learned from it.
#include "kunit/support/parts.hh"
#include "owner/queue/completions.hh"

KT_SUITE(owner_completions);

using base::Error;
using base::u16;
using base::u32;
using base::u64;
using base::u8;
using support::Parts;
using support::Reads;

namespace {

constexpr u32 poll_us = 1000;

struct Queue : Parts {
	owner::Completions completions{table, scheduler, depth, progress, window};

	using Parts::Parts;

	/// Gives a slot to the next command of @reads. Returns the slot.
	u16 submit(Reads &reads)
	{
		const u16 slot = scheduler.take(reads.request.sender);

		reads.request.since_us = kn_now_us();
		table.submit(reads.request, slot);
		return slot;
	}
	/// Processes completions. Returns how many there were, or ~0 after an error.
	u32 process(u32 limit_us = poll_us)
	{
		unsigned taken = 0;

		return completions.process(limit_us, taken).ok() ? taken : ~0u;
	}
};

} // namespace

KT_CASE(completion_copies_the_answer_and_wakes_the_waiter)
{
	Queue queue{16, true, 8};
	Reads &reads = queue.reads(0);

	const u16 slot = queue.submit(reads);
	KT_EXPECT_EQ(queue.process(), 0);
	KT_EXPECT(!reads.done());
	queue.answer_status(slot, 7);
	KT_EXPECT_EQ(queue.process(), 1);
	KT_EXPECT(reads.done());
	KT_EXPECT_EQ(reads.request.completed, 1);
	KT_EXPECT_EQ(reads.accesses[0].value, 7);
}

KT_CASE(slot_is_free_before_its_waiter_runs)
{
	Queue queue{8, true, 4};
	Reads &one = queue.reads(0);
	Reads &two = queue.reads(0);

	const u16 slot = queue.submit(one);
	KT_EXPECT_EQ(queue.scheduler.take(queue.member[0].sender), owner::no_slot); // a share of one
	queue.answer_status(slot, 1);
	KT_EXPECT_EQ(queue.process(), 1);
	KT_EXPECT_EQ(queue.submit(two), slot);
	KT_EXPECT(one.done());
	queue.answer_status(slot, 1);
	KT_EXPECT_EQ(queue.process(), 1);
}

KT_CASE(last_completion_of_a_request_wakes_it)
{
	Queue queue{16, true, 8};
	Reads &reads = queue.reads(0, 2);

	const u16 first = queue.submit(reads), second = queue.submit(reads);
	queue.answer_status(second, 2);
	KT_EXPECT_EQ(queue.process(), 1);
	KT_EXPECT(!reads.done());
	queue.answer_status(first, 1);
	KT_EXPECT_EQ(queue.process(), 1);
	KT_EXPECT(reads.done());
	KT_EXPECT_EQ(reads.request.completed, 2);
}

KT_CASE(all_completions_are_taken_at_once)
{
	Queue queue{64};
	Reads *const reads[] = {&queue.reads(0, 4), &queue.reads(1, 4)};

	for (u32 i = 0; i < 4; i++)
		for (Reads *one : reads)
			queue.answer_status(queue.submit(*one), 1);
	KT_EXPECT_EQ(queue.process(), 8);
	for (Reads *one : reads)
		KT_EXPECT(one->done());
	KT_EXPECT_EQ(queue.table.counts().all, 0);
}

KT_CASE(orphan_frees_its_slot_and_wakes_no_waiter)
{
	Queue queue{16, true, 8};
	Reads &reads = queue.reads(0);

	const u16 slot = queue.submit(reads);
	queue.table.orphan(slot, Error::timed_out);
	KT_EXPECT(reads.done());
	queue.answer_status(slot, 7);
	KT_EXPECT_EQ(queue.process(), 1);
	KT_EXPECT(!reads.done());
	KT_EXPECT_EQ(reads.accesses[0].value, 0);
	KT_EXPECT_EQ(queue.member[0].outstanding, 0);
	KT_EXPECT_EQ(queue.member[0].sender.slots, 0);
}

KT_CASE(answer_too_long_is_an_error_of_its_command_alone)
{
	Queue queue{16, true, 8};
	Reads &bad = queue.reads(0);
	Reads &good = queue.reads(1);

	queue.use(queue.submit(bad), 10);
	queue.answer_status(queue.submit(good), 3);
	KT_EXPECT_EQ(queue.process(), 2);
	KT_EXPECT_EQ(bad.request.status.error(), Error::protocol);
	KT_EXPECT_EQ(bad.request.completed, 0);
	KT_EXPECT_EQ(good.accesses[0].value, 3);
}

KT_CASE(wrong_used_entry_ends_processing)
{
	Queue queue{16, true, 8};
	Reads &one = queue.reads(0);
	Reads &two = queue.reads(1);
	unsigned taken = 99;

	queue.answer_status(queue.submit(one), 1);
	const u16 slot = queue.submit(two);
	queue.use(7, 9);
	KT_EXPECT_EQ(queue.completions.process(poll_us, taken).error(), Error::protocol);
	KT_EXPECT_EQ(taken, 1);
	KT_EXPECT(one.done());
	KT_EXPECT(!two.done());
	KT_EXPECT(queue.table[slot].in_flight);
	two.request.refuse(Error::again);
}

KT_CASE(more_entries_than_commands_end_processing)
{
	Queue queue{16, true, 8};
	Reads &reads = queue.reads(0);

	const u16 slot = queue.submit(reads);
	queue.answer_status(slot, 1);
	queue.use(slot, 9);
	KT_EXPECT_EQ(queue.process(), ~0u);
	KT_EXPECT(!reads.done());
	reads.request.refuse(Error::again);
}

KT_CASE(completion_is_progress_of_its_sender)
{
	Queue queue{16, true, 8};
	Reads &one = queue.reads(0);
	const u64 start_us = kn_now_us();

	queue.answer_status(queue.submit(one), 1);
	KT_EXPECT_EQ(queue.process(), 1);
	KT_EXPECT(queue.progress.silent_us() >= start_us);
	KT_EXPECT(queue.progress.others_us(&queue.member[1]) >= start_us);
	KT_EXPECT_EQ(queue.progress.others_us(&queue.member[0]), 0);
}

KT_CASE(poll_window_is_not_fed_while_polling_is_off)
{
	Queue queue{16, true, 8};
	Reads &one = queue.reads(0);
	Reads &two = queue.reads(0);
	const auto answer_late = [&queue](Reads &reads) {
		const u16 slot = queue.submit(reads);
		const u64 end_us = kn_now_us() + 100;
		while (kn_now_us() < end_us)
			;
		queue.answer_status(slot, 1);
	};

	answer_late(one);
	KT_EXPECT_EQ(queue.process(0), 1);
	KT_EXPECT_EQ(queue.window.window(10), 10); // nothing known
	answer_late(two);
	KT_EXPECT_EQ(queue.process(10), 1);
	KT_EXPECT_EQ(queue.window.window(10), 0);
}

KT_SUITE_END(owner_completions);
