// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/waits.hh"

#include "core/lock_guard.hh"
#include "kernel/time.h"

namespace owner {

using base::Result;
using core::SpinGuard;

namespace {

/// Pause between two polls of a queue without an interrupt.
constexpr u32 poll_pause_us = 50;
/// Pause between two polls for an idle queue.
constexpr u32 idle_pause_us = 1000;
/// Number of these polls from one inspection of the device to the next.
constexpr u32 polls_per_inspection = 100;

} // namespace

/// Sleeps until @request is complete, or the task is being killed. The watchdog ends the request at
/// its deadline, or else this thread, where a thread with a realtime policy may stop the watchdog.
/// @deadline: the request's. Returns whether the request is complete.
bool Waits::sleep(Request &request, u64 deadline)
{
	for (;;) {
		const int ended = kn_wait_killable_until(&request.done, deadline);
		if (ended)
			return ended > 0;
		SpinGuard guard{queue_.lock};
		deadline = queue_.watch.expire(request);
	}
}

/// Waits until @request is complete, or the task is being killed. Only the thread that submitted a
/// request polls for it. @deadline: as of sleep(). Returns whether the request is complete.
bool Waits::wait(Request &request, bool submitted, u64 deadline)
{
	Poller &poller = queue_.requests.poller();
	const auto poll = [this] {
		SpinGuard guard{queue_.lock};
		queue_.requests.poller().found(queue_.requests.process());
	};

	while (poller.polled()) {
		queue_.process();
		if (kn_try_wait(&request.done))
			return true;
		if (kn_killed())
			return false;
		kn_sleep_us(poll_pause_us);
	}
	if (submitted && poller.poll(request.done, request.since_us,
				     base::setting_load(settings_.poll_us),
				     [this]() TSA_NO_ANALYSIS { return queue_.requests.has_used(); },
				     poll))
		return true;
	return sleep(request, deadline);
}

Outcome Waits::execute(std::span<core::Access> accesses, Bytes result, Member *member,
		       const Patience &patience)
{
	Request request{accesses, result, member, queue_.sender_of(member), patience};
	const u64 deadline = request.deadline;
	Result<bool> submitted = false;

	{
		SpinGuard guard{queue_.lock};
		submitted = queue_.requests.submit(request);
		if (submitted.ok())
			queue_.watch.watch(request);
	}
	if (!submitted.ok())
		return {submitted.error(), 0, request.since_us};
	if (!wait(request, submitted.get(), deadline)) {
		SpinGuard guard{queue_.lock};
		queue_.requests.kill(request);
	}
	return request.outcome();
}

/// Until @idle returns true or an error. It is called under the lock.
template <typename Idle>
Status Waits::poll_until(u64 deadline, Idle idle)
{
	for (u32 round = 1;; round++) {
		const bool inspect = round % polls_per_inspection == 0;

		if (inspect)
			check_.run();
		{
			SpinGuard guard{queue_.lock};
			if (inspect)
				queue_.requests.inspect();
			else
				(void)queue_.requests.process();
			if (TRY(idle()))
				return {};
		}
		if (kn_now_ms() >= deadline)
			return Error::timed_out;
		kn_sleep_us(idle_pause_us);
	}
}

Status Waits::wait_idle(const Scope &scope, u64 deadline)
{
	return poll_until(deadline, [&]() -> Result<bool> {
		core::assert_held(queue_.lock);
		return queue_.requests.is_idle(scope);
	});
}

Status Waits::wait_ready(u64 deadline)
{
	return poll_until(deadline, [&]() -> Result<bool> {
		core::assert_held(queue_.lock);
		TRY(queue_.requests.gate().accepts(nullptr, 0));
		if (kn_killed())
			return Error::interrupted;
		return queue_.requests.is_idle({Scope::What::all});
	});
}

} // namespace owner
