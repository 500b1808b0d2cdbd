// SPDX-License-Identifier: GPL-2.0-only
// What a closed queue ends, and what it leaves.
#include "kunit/support/unlocked_queue.hh"

KT_SUITE(owner_close);

using owner::Ending;
using owner::Error;
using support::Reads;
using support::UnlockedQueue;
using support::with_request;

namespace {

constexpr base::u64 later_ms = support::never_ms / 2;

/// Whether another command for the group is refused with @reason.
bool refuses(UnlockedQueue &queue, Error reason)
{
	Reads reads{nullptr, queue.queue.group(), 1, later_ms};
	const base::Result<bool> submitted = queue.queue.submit(reads.request);

	return !submitted.ok() && submitted.error() == reason;
}

bool is_idle(UnlockedQueue &queue)
{
	return queue.queue.is_idle({owner::Scope::What::all});
}

} // namespace

KT_CASE(end_of_queued_requests_leaves_commands_in_flight)
{
	with_request(later_ms, [](UnlockedQueue &queue, Reads &reads) {
		KT_EXPECT(!queue.queue.close(Ending::queued, Error::again));
		KT_EXPECT(refuses(queue, Error::again));
		KT_EXPECT(!reads.done());
		queue.complete(0);
		KT_EXPECT_EQ(queue.queue.process(), 1u);
		KT_EXPECT(reads.done());
		KT_EXPECT(reads.request.status.ok());
	});
}

KT_CASE(end_of_pending_requests_leaves_orphans)
{
	with_request(later_ms, [](UnlockedQueue &queue, Reads &reads) {
		KT_EXPECT(!queue.queue.close(Ending::pending, Error::no_device));
		KT_EXPECT(refuses(queue, Error::no_device));
		KT_EXPECT(reads.done());
		KT_EXPECT_EQ(reads.request.status.error(), Error::no_device);
		KT_EXPECT(!is_idle(queue));
	});
}

KT_CASE(end_of_slots_frees_them)
{
	with_request(later_ms, [](UnlockedQueue &queue, Reads &reads) {
		KT_EXPECT(!queue.queue.close(Ending::slots, Error::again));
		KT_EXPECT(reads.done());
		KT_EXPECT_EQ(reads.request.status.error(), Error::again);
		KT_EXPECT(is_idle(queue));
	});
}

// A command that has a completion must not be submitted again.
KT_CASE(completion_before_the_end_of_slots_counts)
{
	with_request(later_ms, [](UnlockedQueue &queue, Reads &reads) {
		queue.complete(0);
		KT_EXPECT(!queue.queue.close(Ending::slots, Error::again));
		KT_EXPECT(reads.done());
		KT_EXPECT(reads.request.status.ok());
		KT_EXPECT_EQ(reads.request.completed, 1u);
	});
}

KT_CASE(unreachable_queue_is_closed_only_in_the_opening_that_was_seen)
{
	with_request(later_ms, [](UnlockedQueue &queue, Reads &) {
		const base::u64 opened_us = queue.queue.gate().opened_us();

		KT_EXPECT(!queue.queue.lose(opened_us + 1));
		KT_EXPECT(queue.queue.gate().is_open());
		KT_EXPECT(queue.queue.lose(opened_us));
		KT_EXPECT(queue.queue.gate().is_unreachable());
		KT_EXPECT(!queue.queue.lose(opened_us));
	});
}

KT_SUITE_END(owner_close);
