// SPDX-License-Identifier: GPL-2.0-only
// When the watchdog runs, and which requests it ends.
#include "kunit/test.hh"
#include "owner/queue/watchdog.hh"

KT_SUITE(owner_watchdog);

using base::u32;
using base::u64;
using owner::PendingLink;
using owner::Request;
using owner::Watchdog;

namespace {

constexpr u64 start_ms = 5000, start_us = start_ms * 1000 + 999;
constexpr u64 long_ms = start_ms + 5000;
constexpr u32 timeout_ms = 100;

/// A request without commands.
struct Pending {
	owner::Sender sender = {};
	u64 queued_ms = 0;
	owner::Patience patience;
	Request request;

	explicit Pending(u64 deadline)
		: patience{deadline, queued_ms, timeout_ms},
		  request({}, {}, nullptr, sender, patience)
	{
	}
};

void refuse(Request &request)
{
	request.refuse(base::Error::timed_out);
}

} // namespace

KT_CASE(first_request_starts_the_period)
{
	Watchdog watchdog;
	Pending one{long_ms};

	KT_EXPECT(watchdog.idle());
	KT_EXPECT_EQ(watchdog.watch(one.request, start_us), 100);
	KT_EXPECT(!watchdog.idle());
}

KT_CASE(later_request_finds_the_work_scheduled)
{
	Watchdog watchdog;
	Pending one{long_ms}, two{long_ms + 1}, three{start_ms + 100};

	KT_EXPECT_EQ(watchdog.watch(one.request, start_us), 100);
	KT_EXPECT_EQ(watchdog.watch(two.request, start_us + 99000), 0);
	KT_EXPECT_EQ(watchdog.watch(three.request, start_us + 50000), 0);
}

KT_CASE(earlier_deadline_is_met)
{
	Watchdog watchdog;
	Pending one{long_ms}, two{start_ms + 99}, three{start_ms + 1};

	KT_EXPECT_EQ(watchdog.watch(one.request, start_us), 100);
	KT_EXPECT_EQ(watchdog.watch(two.request, start_us), 99);
	KT_EXPECT_EQ(watchdog.watch(three.request, start_us), 1);
}

KT_CASE(equal_deadline_finds_the_work_scheduled)
{
	Watchdog watchdog;
	Pending one{start_ms + 99}, two{start_ms + 99};

	KT_EXPECT_EQ(watchdog.watch(one.request, start_us), 99);
	KT_EXPECT_EQ(watchdog.watch(two.request, start_us), 0);
}

KT_CASE(deadline_of_the_past_is_due_in_a_millisecond)
{
	for (const u64 deadline : {start_ms, start_ms - 1000, u64{0}}) {
		Watchdog watchdog;
		Pending late{deadline};

		KT_EXPECT_EQ(watchdog.watch(late.request, start_us), 1);
	}
}

KT_CASE(next_request_after_a_run_starts_the_period)
{
	Watchdog watchdog;
	Pending one{long_ms}, two{long_ms};

	KT_EXPECT_EQ(watchdog.watch(one.request, start_us), 100);
	one.request.refuse(base::Error::again);
	watchdog.started();
	KT_EXPECT(watchdog.idle());
	KT_EXPECT_EQ(watchdog.watch(two.request, start_us + 100000), 100);
}

KT_CASE(completed_request_does_not_stop_the_work)
{
	Watchdog watchdog;
	Pending one{long_ms}, two{long_ms};

	KT_EXPECT_EQ(watchdog.watch(one.request, start_us), 100);
	one.request.refuse(base::Error::again);
	KT_EXPECT(watchdog.idle());
	KT_EXPECT_EQ(watchdog.watch(two.request, start_us + 1000), 0);
}

KT_CASE(run_ends_expired_requests_only)
{
	Watchdog watchdog;
	Pending expired{start_ms + 40}, other{start_ms + 70}, last{long_ms};

	(void)watchdog.watch(last.request, start_us);
	(void)watchdog.watch(expired.request, start_us);
	(void)watchdog.watch(other.request, start_us);
	watchdog.started();
	KT_EXPECT_EQ(watchdog.expire((start_ms + 40) * 1000 - 1, 0, refuse), 1);
	KT_EXPECT(!kn_try_wait(&expired.request.done));
	watchdog.started();
	KT_EXPECT_EQ(watchdog.expire((start_ms + 40) * 1000, 0, refuse), 30);
	KT_EXPECT(kn_try_wait(&expired.request.done));
	KT_EXPECT(!kn_try_wait(&other.request.done));
	KT_EXPECT_EQ(expired.request.status.error(), base::Error::timed_out);
	watchdog.started();
	KT_EXPECT_EQ(watchdog.expire((start_ms + 70) * 1000, 0, refuse), 100);
	KT_EXPECT(kn_try_wait(&other.request.done));
	KT_EXPECT(!kn_try_wait(&last.request.done));
	KT_EXPECT(!watchdog.idle());
}

KT_CASE(run_may_end_all_requests)
{
	Watchdog watchdog;
	Pending requests[] = {Pending{start_ms}, Pending{start_ms + 1}, Pending{start_ms}};
	u32 ended = 0;

	for (Pending &pending : requests)
		(void)watchdog.watch(pending.request, start_us - 1000000);
	watchdog.started();
	KT_EXPECT_EQ(watchdog.expire(start_us + 1000, 0, [&ended](Request &request) {
		ended++;
		refuse(request);
	}), 0);
	KT_EXPECT_EQ(ended, std::size(requests));
	KT_EXPECT(watchdog.idle());
}

KT_CASE(queued_request_expires_once_the_queue_made_no_progress_for_its_time)
{
	Pending pending{start_ms + 100};
	Request &request = pending.request;

	request.since_us = start_us;
	KT_EXPECT_EQ(request.due_ms(start_us + 50000), start_ms + 100); // in the device
	request.queued = true;
	KT_EXPECT_EQ(request.due_ms(0), start_ms + 100);
	KT_EXPECT_EQ(request.due_ms(start_us + 50000), start_ms + 150);
	KT_EXPECT_EQ(request.due_ms(start_us + 300000), start_ms + 400);
	KT_EXPECT_EQ(request.due_ms(start_us + 301000), start_ms + 400);
	KT_EXPECT(!request.expired((start_ms + 150) * 1000 - 1, start_us + 50000));
	KT_EXPECT(request.expired((start_ms + 150) * 1000, start_us + 50000));
}

KT_CASE(access_that_waits_for_its_turn_ends_after_a_minute)
{
	u64 queued_ms = 0;
	owner::Sender sender = {};
	u32 long_timeout_ms = 20000;
	const owner::Patience patience{start_ms + long_timeout_ms, queued_ms, long_timeout_ms};
	Request request{{}, {}, nullptr, sender, patience};

	KT_EXPECT_EQ(request.limit(), start_ms + 60000);
	long_timeout_ms = 60000;
	KT_EXPECT_EQ(request.limit(), start_ms + 20000);
	long_timeout_ms = 100;
	KT_EXPECT_EQ(request.limit(), start_ms + 20300);
}

KT_CASE(request_that_was_queued_has_its_time_in_the_device)
{
	for (const u64 queued_ms : {250, 350}) {
		Pending pending{start_ms + 100};

		pending.request.since_us = start_us;
		pending.request.leave_queue(start_us + queued_ms * 1000);
		KT_EXPECT_EQ(pending.request.deadline, start_ms + (queued_ms == 250 ? 350 : 400));
		KT_EXPECT_EQ(pending.queued_ms, queued_ms == 250 ? 250 : 300);
		KT_EXPECT_EQ(pending.request.since_us, start_us + queued_ms * 1000);
	}
}

KT_CASE(run_looks_at_a_bounded_number_of_requests_at_a_time)
{
	Watchdog watchdog;
	constexpr u32 count = owner::max_examined + 1;
	auto *const requests = static_cast<Pending *>(kt_alloc(count * sizeof(Pending)));
	u32 ended = 0;
	const auto end = [&ended](Request &request) {
		ended++;
		refuse(request);
	};

	for (u32 i = 0; i < count; i++)
		(void)watchdog.watch((new (&requests[i]) Pending{start_ms})->request,
				     start_us - 1000000);
	watchdog.started();
	KT_EXPECT_EQ(watchdog.expire(start_us, 0, end), 0);
	KT_EXPECT_EQ(ended, owner::max_examined);
	KT_EXPECT(!watchdog.finished());
	KT_EXPECT(!watchdog.idle());
	KT_EXPECT_EQ(watchdog.expire(start_us, 0, end), 0);
	KT_EXPECT_EQ(ended, count);
	KT_EXPECT(watchdog.finished());
	KT_EXPECT(watchdog.idle());
	kt_free(requests);
}

KT_CASE(unlinked_request_is_a_list_of_its_own)
{
	PendingLink head{nullptr}, one{nullptr}, two{nullptr};

	head.append(one);
	head.append(two);
	one.unlink();
	KT_EXPECT(one.alone());
	KT_EXPECT_EQ(head.next, &two);
	KT_EXPECT_EQ(two.previous, &head);
	two.unlink();
	KT_EXPECT(head.alone());
	// It has no place any more that a second call could write to.
	one.unlink();
	two.unlink();
	KT_EXPECT(head.alone());
	KT_EXPECT_EQ(head.previous, &head);
	head.append(one);
	KT_EXPECT_EQ(head.next, &one);
	KT_EXPECT_EQ(one.next, &head);
}

KT_SUITE_END(owner_watchdog);
