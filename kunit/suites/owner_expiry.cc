// SPDX-License-Identifier: GPL-2.0-only
// A request ends at its deadline: its waiter ends it, or a run of the watch.
#include "kunit/support/caller.hh"
#include "kunit/support/on_heap.hh"
#include "kunit/support/parts.hh"
#include "kunit/support/queue.hh"
#include "owner/queue/watch.hh"

KT_SUITE(owner_expiry);

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using owner::Error;
using support::Reads;

namespace {

constexpr u16 ring_size = 8;
/// Longer than a submission takes.
constexpr u64 soon_ms = 100;

void run_nothing(void *) {}

/// A queue whose watch never runs by itself, on the registers of the fake's owner. Its device completes what
/// complete() says.
struct Queue {
	kn_work recovery;
	kn_delayed_work work;
	virtio_owner_settings settings = {};
	owner::RequestQueue queue;
	owner::Watch watch;
	u16 used = 0; ///< the device's index

	Queue()
		: queue(support::transport(), recovery, settings),
		  watch(queue, work, recovery, settings)
	{
		kn_work_init(&recovery, run_nothing, nullptr);
		kn_delayed_work_init(&work, run_nothing, nullptr);
		settings.depth = ring_size;
		KT_EXPECT(queue.init(&fake::pf(), ring_size, false, true).ok());
		queue.open(false);
	}
	~Queue()
	{
		while (queue.close(owner::Ending::slots, Error::no_device))
			;
		kn_delayed_work_cancel(&work);
		kn_work_cancel(&recovery);
		queue.release(&fake::pf(), true);
	}

	[[nodiscard]] bool submit(Reads &reads)
	{
		const base::Result<bool> submitted = queue.submit(reads.request);

		if (submitted.ok())
			watch.watch(reads.request);
		return submitted.ok() && submitted.get();
	}

	/// The device completes the chain whose head is @id.
	void complete(u32 id)
	{
		const owner::QueueAddresses addresses = queue.info().addresses;
		u8 *const element = support::device_view(addresses.device + 4 + u64{8} * used);

		base::store_le({element, 4}, id);
		base::store_le({element + 4, 4}, WIRE_ADMIN_STATUS_SIZE + 1);
		base::store_le({support::device_view(addresses.device + 2), 2}, ++used);
	}
};

/// Calls @test with a queue and a command for the group with @left_ms until its deadline.
template <typename Test>
void with_request(u64 left_ms, Test test)
{
	KT_REQUIRE(fake::bring_up(1));
	support::OnHeap<Queue> room;
	Queue &queue = room.get();
	Reads reads{nullptr, queue.queue.group(), 1, kn_now_ms() + left_ms};
	if (KT_EXPECT(queue.submit(reads)))
		test(queue, reads);
}

/// Waits until the deadline of @reads is over.
void outlast(const Reads &reads)
{
	while (kn_now_ms() < reads.request.deadline)
		support::sleep_ms(1);
}

u64 timeouts(Queue &queue)
{
	return queue.queue.group().timeouts;
}

} // namespace

KT_CASE(request_past_its_deadline_times_out)
{
	with_request(soon_ms, [](Queue &queue, Reads &reads) {
		outlast(reads);
		KT_EXPECT(queue.watch.expire(reads.request) <= kn_now_ms());
		KT_EXPECT(reads.done());
		KT_EXPECT_EQ(reads.request.status.error(), Error::timed_out);
		KT_EXPECT_EQ(timeouts(queue), 1u);
	});
}

KT_CASE(request_before_its_deadline_stays_pending)
{
	with_request(support::never_ms / 2, [](Queue &queue, Reads &reads) {
		KT_EXPECT_EQ(queue.watch.expire(reads.request), reads.request.deadline);
		KT_EXPECT(!reads.done());
		KT_EXPECT_EQ(timeouts(queue), 0u);
	});
}

KT_CASE(completion_at_the_deadline_counts)
{
	with_request(soon_ms, [](Queue &queue, Reads &reads) {
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
	with_request(soon_ms, [](Queue &queue, Reads &reads) {
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
	with_request(soon_ms, [](Queue &queue, Reads &reads) {
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
	with_request(soon_ms, [](Queue &queue, Reads &reads) {
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
