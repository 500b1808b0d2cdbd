// SPDX-License-Identifier: GPL-2.0-only
// When a probe is submitted, and which completion answers it.
#include "kunit/support/parts.hh"
#include "owner/queue/probe.hh"

KT_SUITE(owner_probe);

using base::Error;
using base::u16;
using support::Parts;

namespace {

struct Queue : Parts {
	owner::Dispatcher dispatcher{table, scheduler, depth, gate, progress};
	owner::Probe probe{dispatcher, table, gate, group, support::timeout_ms};

	using Parts::Parts;

	/// Frees all slots.
	~Queue() { dispatcher.reclaim(); }
	Queue(const Queue &) = delete;
	Queue &operator=(const Queue &) = delete;
};

} // namespace

KT_CASE(probe_is_an_orphan_in_its_own_slot)
{
	Queue queue{16};

	queue.probe.submit();
	KT_EXPECT_EQ(queue.table.counts().all, 1);
	KT_EXPECT_EQ(queue.table.counts().orphans, 1);
	KT_EXPECT(queue.table[queue.table.probe_slot()].in_flight);
	KT_EXPECT_EQ(queue.group.commands[WIRE_ADMIN_LIST_QUERY], 1);
	KT_EXPECT(queue.dispatcher.take_notification());
}

KT_CASE(slot_of_a_probe_never_becomes_one_for_requests)
{
	Queue queue{16};

	queue.probe.submit();
	owner::free_slot(queue.table, queue.scheduler, queue.table.probe_slot());
	KT_EXPECT_EQ(queue.table.counts().all, 0);
	KT_EXPECT(queue.scheduler.take(queue.group) < queue.table.request_slots());
}

KT_CASE(command_for_the_group_serves_as_the_probe)
{
	Queue queue{16};

	queue.table.submit(queue.group_command().request, 0);
	queue.probe.submit();
	KT_EXPECT_EQ(queue.table.counts().all, 1);
	KT_EXPECT(queue.probe.is_answered(1));
	queue.dispatcher.end_in_flight(Error::again);
}

KT_CASE(second_probe_waits_for_the_first)
{
	Queue queue{16};

	queue.probe.submit();
	queue.probe.submit();
	KT_EXPECT_EQ(queue.table.counts().all, 1);
}

KT_CASE(closed_gate_stops_a_probe)
{
	Queue queue{16};

	queue.gate.close(Error::again);
	queue.probe.submit();
	KT_EXPECT_EQ(queue.table.counts().all, 0);
}

KT_CASE(first_completion_after_a_probe_is_reported_once)
{
	Queue queue{16};

	KT_EXPECT(!queue.probe.is_answered(1));
	queue.probe.submit();
	KT_EXPECT(!queue.probe.is_answered(0));
	KT_EXPECT(queue.probe.is_answered(2));
	KT_EXPECT(!queue.probe.is_answered(2));
	queue.probe.submit();
	KT_EXPECT(queue.probe.is_answered(1));
}

KT_SUITE_END(owner_probe);
