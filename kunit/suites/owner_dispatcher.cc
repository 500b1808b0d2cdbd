// SPDX-License-Identifier: GPL-2.0-only
// Requests on their way to the device: submitted, queued, refused, withdrawn.
#include "kunit/support/parts.hh"
#include "owner/queue/dispatcher.hh"

KT_SUITE(owner_dispatcher);

using base::Error;
using base::u16;
using base::u32;
using base::u64;
using support::Parts;
using support::Reads;

namespace {

struct Queue : Parts {
	owner::Dispatcher dispatcher{table, scheduler, depth, gate, progress};

	/// Completes all requests, those in flight with @reason.
	void end_all(Error reason)
	{
		while (dispatcher.refuse_queued())
			;
		dispatcher.end_in_flight(reason);
	}

	using Parts::Parts;

	/// The device completes @slot, and no waiter is told.
	void complete(u16 slot)
	{
		owner::Request *const request = table[slot].request;
		const u16 index = table[slot].index;

		scheduler.give(slot, table.release(slot));
		if (request)
			request->finish(index, {});
	}
};

/// Whether all of it was submitted at once.
bool submit(Queue &queue, Reads &reads)
{
	const base::Result<bool> submitted = queue.dispatcher.submit(reads.request);

	return submitted.ok() && submitted.get();
}

bool is_queued(Queue &queue, Reads &reads)
{
	const base::Result<bool> submitted = queue.dispatcher.submit(reads.request);

	return submitted.ok() && !submitted.get() && reads.request.queued;
}

Error refusal(Queue &queue, Reads &reads)
{
	const base::Result<bool> submitted = queue.dispatcher.submit(reads.request);

	return submitted.ok() ? Error{} : submitted.error();
}

} // namespace

KT_CASE(request_is_submitted_in_one_step)
{
	Queue queue{64};
	Reads &four = queue.reads(0, 4);

	KT_EXPECT(submit(queue, four));
	KT_EXPECT_EQ(four.request.submitted, 4);
	KT_EXPECT_EQ(queue.table.counts().all, 4);
	KT_EXPECT_EQ(queue.member[0].sender.commands[WIRE_ADMIN_LEGACY_COMMON_CFG_READ], 4);
	KT_EXPECT(queue.dispatcher.take_notification());
	KT_EXPECT(!queue.dispatcher.take_notification());
	queue.end_all(Error::again);
}

KT_CASE(request_without_a_slot_is_queued_without_notification)
{
	Queue queue{8, true, 4};
	Reads &one = queue.reads(0), &two = queue.reads(0);

	KT_EXPECT(submit(queue, one));
	KT_EXPECT(queue.dispatcher.take_notification());
	KT_EXPECT(is_queued(queue, two)); // a share of one
	KT_EXPECT(!queue.dispatcher.take_notification());
	queue.end_all(Error::again);
}

KT_CASE(freed_slot_goes_to_the_queued_request)
{
	Queue queue{8, true, 4};
	Reads &one = queue.reads(0), &two = queue.reads(0);

	KT_EXPECT(submit(queue, one));
	(void)queue.dispatcher.take_notification();
	KT_EXPECT(is_queued(queue, two));
	queue.complete(one.request.slots[0]);
	queue.dispatcher.serve();
	KT_EXPECT(!two.request.queued);
	KT_EXPECT_EQ(two.request.submitted, 1);
	KT_EXPECT(queue.dispatcher.take_notification());
	queue.end_all(Error::again);
}

KT_CASE(first_commands_of_all_are_served_before_second_ones)
{
	Queue queue{64, true, 8}; // a share of two
	Reads *const busy[] = {&queue.reads(0, 2), &queue.reads(1, 2), &queue.reads(2, 2), &queue.reads(3, 2)};
	Reads *const later[] = {&queue.reads(0, 2), &queue.reads(1, 2)};

	for (Reads *reads : busy)
		KT_EXPECT(submit(queue, *reads));
	for (Reads *reads : later)
		KT_EXPECT(is_queued(queue, *reads));
	queue.complete(busy[0]->request.slots[0]);
	queue.complete(busy[1]->request.slots[0]);
	queue.complete(busy[1]->request.slots[1]);
	queue.dispatcher.serve();
	KT_EXPECT_EQ(later[0]->request.submitted, 1);
	KT_EXPECT_EQ(later[1]->request.submitted, 2);
	queue.end_all(Error::again);
}

KT_CASE(closed_gate_refuses_with_its_reason)
{
	Queue queue{16, true, 8};
	Reads &one = queue.reads(0), &group = queue.group_command();

	queue.gate.close(Error::again);
	KT_EXPECT_EQ(refusal(queue, one), Error::again);
	queue.gate.close(Error::io);
	KT_EXPECT_EQ(refusal(queue, one), Error::again);
	queue.gate.close(Error::no_device);
	KT_EXPECT_EQ(refusal(queue, one), Error::no_device);
	queue.gate.reset();
	queue.gate.open(2);
	KT_EXPECT_EQ(refusal(queue, one), Error::again); // members are not admitted
	KT_EXPECT(submit(queue, group));
	queue.gate.admit_members();
	KT_EXPECT(submit(queue, one));
	queue.end_all(Error::again);
}

KT_CASE(held_or_broken_member_is_refused)
{
	Queue queue{16, true, 8};
	Reads &held = queue.reads(0), &broken = queue.reads(1);

	queue.member[0].held = true;
	queue.member[1].aside.begin(kn_now_us());
	KT_EXPECT_EQ(refusal(queue, held), Error::no_such_address);
	KT_EXPECT_EQ(refusal(queue, broken), Error::no_such_address);
	KT_EXPECT_EQ(queue.table.counts().all, 0);
}

KT_CASE(request_after_its_deadline_is_refused)
{
	Queue queue{16, true, 8};
	Reads &late = queue.reads(0, 1, 0);

	KT_EXPECT_EQ(refusal(queue, late), Error::no_space);
}

KT_CASE(too_many_queued_requests_are_refused)
{
	Queue queue{8, true, 4};
	Reads &one = queue.reads(0), &last = queue.reads(0);
	Reads *waiting[owner::max_waiting];

	KT_EXPECT(submit(queue, one));
	for (Reads *&reads : waiting) {
		reads = &queue.reads(0);
		KT_EXPECT(is_queued(queue, *reads));
	}
	KT_EXPECT_EQ(refusal(queue, last), Error::again);
	queue.gate.close(Error::again);
	queue.end_all(Error::again);
	for (Reads *reads : waiting)
		KT_EXPECT(reads->done());
}

KT_CASE(request_that_the_gate_refuses_leaves_its_turn)
{
	Queue queue{8, true, 4};
	Reads *const busy[] = {&queue.reads(0), &queue.reads(1), &queue.reads(2), &queue.reads(3)};
	Reads &held = queue.reads(0), &next = queue.reads(1);

	for (Reads *reads : busy)
		KT_EXPECT(submit(queue, *reads));
	KT_EXPECT(is_queued(queue, held));
	KT_EXPECT(is_queued(queue, next));
	queue.member[0].held = true;
	queue.complete(busy[0]->request.slots[0]);
	queue.complete(busy[1]->request.slots[0]);
	queue.dispatcher.serve();
	KT_EXPECT(held.done());
	KT_EXPECT_EQ(held.request.status.error(), Error::no_such_address);
	KT_EXPECT_EQ(next.request.submitted, 1);
	queue.end_all(Error::again);
}

KT_CASE(withdrawn_request_is_queued_or_an_orphan)
{
	Queue queue{16, true, 8};
	Reads &sent = queue.reads(0, 2), &queued = queue.reads(0);

	KT_EXPECT(submit(queue, sent));
	KT_EXPECT(is_queued(queue, queued));
	queue.complete(sent.request.slots[0]);
	queue.dispatcher.withdraw(queued.request, Error::no_space, Error::timed_out);
	queue.dispatcher.withdraw(sent.request, Error::no_space, Error::timed_out);
	KT_EXPECT(queued.done());
	KT_EXPECT_EQ(queued.request.status.error(), Error::no_space);
	KT_EXPECT(sent.done());
	KT_EXPECT_EQ(sent.request.status.error(), Error::timed_out);
	KT_EXPECT_EQ(sent.request.completed, 1);
	KT_EXPECT_EQ(queue.table.counts().orphans, 1);
	KT_EXPECT_EQ(queue.member[0].orphans, 1);
	KT_EXPECT_EQ(queue.member[0].sender.waiting, 0);
}

KT_CASE(end_of_all_leaves_orphans_and_reclaim_frees_them)
{
	Queue queue{8, true, 4};
	Reads &sent = queue.reads(0), &queued = queue.reads(0);

	KT_EXPECT(submit(queue, sent));
	KT_EXPECT(is_queued(queue, queued));
	queue.gate.close(Error::no_device);
	queue.end_all(Error::io);
	KT_EXPECT(sent.done() && queued.done());
	KT_EXPECT_EQ(sent.request.status.error(), Error::io);
	KT_EXPECT_EQ(queued.request.status.error(), Error::no_device);
	KT_EXPECT_EQ(queue.table.counts().all, 1);
	queue.dispatcher.reclaim();
	KT_EXPECT_EQ(queue.table.counts().all, 0);
	KT_EXPECT_EQ(queue.member[0].sender.slots, 0);
	KT_EXPECT_EQ(queue.available(), 0);
	KT_EXPECT_EQ(queue.depth.limit(), queue.table.request_slots());
}

KT_CASE(overdue_command_does_not_count_in_the_depth)
{
	Queue queue{64};
	Reads &slow = queue.reads(0);

	// A serial device of 1 ms: the depth becomes 4.
	queue.depth.note(1, 1000, true, 1000);
	for (u32 i = 0; i < 100; i++)
		queue.depth.note(8, 8000, false, 2000);
	const u16 limit = queue.depth.limit();
	KT_EXPECT(limit < 16);
	KT_EXPECT(submit(queue, slow));
	queue.table.mark_overdue(slow.request.since_us + 1000000, queue.depth.patience_us());
	KT_EXPECT_EQ(queue.table.counts().overdue, 1);
	queue.dispatcher.serve();
	u32 more = 0;
	owner::SlotSender senders[16] = {};
	while (more < std::size(senders) && queue.scheduler.take(senders[more]) != owner::no_slot)
		more++;
	KT_EXPECT_EQ(more, limit);
	queue.end_all(Error::again);
}

KT_CASE(busy_time_starts_with_the_first_waiter)
{
	Queue queue{16, true, 8};
	Reads &orphan = queue.reads(0), &one = queue.reads(1), &two = queue.reads(2);

	KT_EXPECT(submit(queue, orphan));
	queue.dispatcher.withdraw(orphan.request, Error::again, Error::timed_out);
	KT_EXPECT(submit(queue, one));
	KT_EXPECT_EQ(queue.progress.silent_us(), one.request.since_us);
	KT_EXPECT(submit(queue, two));
	KT_EXPECT_EQ(queue.progress.silent_us(), one.request.since_us);
	queue.end_all(Error::again);
}

KT_CASE(queued_requests_are_refused_a_bounded_number_at_a_time)
{
	Queue queue{2, true, 1};

	KT_EXPECT(submit(queue, queue.reads(0)));
	KT_EXPECT(!submit(queue, queue.reads(1)));
	for (u32 i = 1; i < owner::max_waiting; i++)
		KT_EXPECT(!submit(queue, queue.reads(0)));
	Reads &last = queue.reads(0); // of a sender at its limit, whose turn comes last
	KT_EXPECT(!submit(queue, last));
	KT_EXPECT(queue.dispatcher.refuse_queued());
	KT_EXPECT(!last.done());
	KT_EXPECT(!queue.dispatcher.refuse_queued());
	KT_EXPECT(last.done());
	queue.end_all(Error::again);
}

KT_CASE(probe_has_a_slot_of_its_own_where_members_use_all_others)
{
	for (const bool spare : {false, true}) {
		Queue queue{u16{4}, spare}; // two slots, or four

		for (u32 i = 0; i < queue.table.request_slots(); i++)
			KT_EXPECT(submit(queue, queue.reads(i)));
		KT_EXPECT(is_queued(queue, queue.reads(3)));
		Reads &probe = queue.group_command();
		queue.dispatcher.submit_probe(probe.request);
		KT_EXPECT_EQ(queue.table.counts().group, spare ? 1 : 0);
		KT_EXPECT_EQ(probe.done(), spare);
		queue.end_all(Error::again);
		queue.dispatcher.reclaim();
		KT_EXPECT_EQ(queue.table.counts().all, 0);
		// No request ever gets the probe's.
		for (u32 i = 0; i < queue.table.request_slots(); i++)
			KT_EXPECT(queue.scheduler.take(queue.member[i].sender) <
				  queue.table.request_slots());
		KT_EXPECT_EQ(queue.scheduler.take(queue.member[3].sender), owner::no_slot);
	}
}

KT_CASE(submissions_of_all_senders_are_counted)
{
	Queue queue{16, true, 8};

	KT_EXPECT(submit(queue, queue.reads(0)));
	KT_EXPECT(submit(queue, queue.reads(1)));
	KT_EXPECT(submit(queue, queue.group_command()));
	KT_EXPECT_EQ(queue.dispatcher.totals().commands[WIRE_ADMIN_LEGACY_COMMON_CFG_READ], 2);
	KT_EXPECT_EQ(queue.dispatcher.totals().commands[WIRE_ADMIN_LIST_QUERY], 1);
	queue.end_all(Error::again);
}

KT_SUITE_END(owner_dispatcher);
