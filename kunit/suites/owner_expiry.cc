// SPDX-License-Identifier: GPL-2.0-only
// A request ends at its deadline: its waiter ends it, or a run of the watch.
#include "kunit/support/unlocked_queue.hh"

KT_SUITE(owner_expiry);

using base::u64;
using owner::Error;
using support::Reads;
using support::UnlockedQueue;
using support::with_request;

namespace {

/// Longer than a submission takes.
constexpr u64 soon_ms = 100;

/// Waits until the deadline of @reads is over.
void outlast(const Reads &reads)
{
	while (kn_now_ms() < reads.request.deadline)
		support::sleep_ms(1);
}

u64 timeouts(UnlockedQueue &queue)
{
	return queue.queue.group().timeouts;
}

} // namespace

KT_CASE(request_past_its_deadline_times_out)
{
	with_request(soon_ms, [](UnlockedQueue &queue, Reads &reads) {
		outlast(reads);
		KT_EXPECT(queue.watch.expire(reads.request) <= kn_now_ms());
		KT_EXPECT(reads.done());
		KT_EXPECT_EQ(reads.request.status.error(), Error::timed_out);
		KT_EXPECT_EQ(timeouts(queue), 1u);
	});
}

KT_CASE(request_before_its_deadline_stays_pending)
{
	with_request(support::never_ms / 2, [](UnlockedQueue &queue, Reads &reads) {
		KT_EXPECT_EQ(queue.watch.expire(reads.request), reads.request.deadline);
		KT_EXPECT(!reads.done());
		KT_EXPECT_EQ(timeouts(queue), 0u);
	});
}

KT_CASE(completion_at_the_deadline_counts)
{
	with_request(soon_ms, [](UnlockedQueue &queue, Reads &reads) {
		outlast(reads);
		queue.complete(0);
		(void)queue.watch.expire(reads.request);
		KT_EXPECT(reads.done());
		KT_EXPECT(reads.request.status.ok());
		KT_EXPECT_EQ(timeouts(queue), 0u);
	});
}

KT_CASE(complete_request_is_left_alone)
{
	with_request(soon_ms, [](UnlockedQueue &queue, Reads &reads) {
		outlast(reads);
		(void)queue.watch.expire(reads.request);
		(void)queue.watch.expire(reads.request);
		KT_EXPECT(reads.done());
		KT_EXPECT(!reads.done());
		KT_EXPECT_EQ(timeouts(queue), 1u);
	});
}

KT_CASE(run_ends_requests_past_their_deadline)
{
	with_request(soon_ms, [](UnlockedQueue &queue, Reads &reads) {
		KT_EXPECT(queue.watch.run());
		KT_EXPECT(!queue.watch.expire());
		KT_EXPECT(!reads.done());
		outlast(reads);
		KT_EXPECT(queue.watch.run());
		KT_EXPECT(!queue.watch.expire());
		KT_EXPECT(reads.done());
		KT_EXPECT_EQ(timeouts(queue), 1u);
		KT_EXPECT(!queue.watch.run()); // no request is pending
	});
}

KT_CASE(run_takes_completions_before_it_ends_requests)
{
	with_request(soon_ms, [](UnlockedQueue &queue, Reads &reads) {
		outlast(reads);
		queue.complete(0);
		KT_EXPECT(queue.watch.run());
		KT_EXPECT(!queue.watch.expire());
		KT_EXPECT(reads.done());
		KT_EXPECT(reads.request.status.ok());
		KT_EXPECT_EQ(queue.queue.info().lost_interrupts, 1u);
	});
}

KT_SUITE_END(owner_expiry);
