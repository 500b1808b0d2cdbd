// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/admin_queue.hh"

#include "core/lock_guard.hh"
#include "kernel/time.h"

namespace owner {

using core::SpinGuard;

using base::Result;

namespace {

/// Pause between two polls of a queue without an interrupt.
constexpr u32 poll_pause_us = 50;
/// Pause between two polls for an idle queue.
constexpr u32 idle_pause_us = 1000;
/// Number of these polls from one inspection of the device to the next.
constexpr u32 polls_per_inspection = 100;

} // namespace

AdminQueue::AdminQueue(Transport &transport, kn_work &recovery,
		       const virtio_owner_settings &settings)
	: transport_(transport), recovery_(recovery), settings_(settings),
	  queue_(transport, recovery, settings), watch_(queue_, watchdog_, recovery, settings)
{
	kn_spin_init(&lock_, KN_LOCK_QUEUE);
	kn_delayed_work_init(&watchdog_, &AdminQueue::on_watchdog, this);
}

Status AdminQueue::init(kn_pci *pci, u16 ring_size, bool indirect, bool translated)
{
	return queue_.init(pci, ring_size, indirect, translated);
}

void AdminQueue::release(kn_pci *pci, bool stopped)
{
	kn_delayed_work_cancel(&watchdog_);
	queue_.release(pci, stopped);
}

void AdminQueue::start(bool polled)
{
	SpinGuard guard{lock_};

	queue_.open(polled);
}

void AdminQueue::admit_members()
{
	SpinGuard guard{lock_};

	queue_.admit_members();
}

/// Calls @step under the lock until it returns false. Others get the lock in between: what
/// concerns all requests takes long.
template <typename Step>
void AdminQueue::repeat(Step step)
{
	for (;;) {
		SpinGuard guard{lock_};
		if (!step())
			return;
	}
}

void AdminQueue::pause()
{
	repeat([this] {
		core::assert_held(lock_);
		return queue_.pause();
	});
}

void AdminQueue::fail(Error reason)
{
	repeat([this, reason] {
		core::assert_held(lock_);
		return queue_.fail(reason);
	});
}

void AdminQueue::clear(Error reason)
{
	repeat([this, reason] {
		core::assert_held(lock_);
		return queue_.clear(reason);
	});
}

void AdminQueue::process()
{
	SpinGuard guard{lock_};

	(void)queue_.process();
}

void AdminQueue::on_watchdog(void *context)
{
	AdminQueue &queue = *static_cast<AdminQueue *>(context);
	bool pending;

	{
		SpinGuard guard{queue.lock_};
		pending = queue.watch_.run();
	}
	if (!pending)
		return;
	queue.repeat([&queue] {
		core::assert_held(queue.lock_);
		return queue.watch_.expire();
	});
	queue.look_for_device();
}

/// Looks whether the function answers, and works. Without the lock, because an access to a hung
/// link takes long. A function under reset is unreachable, too: the gate is closed then, and what
/// was found counts only if it is the same opening of the gate.
void AdminQueue::look_for_device()
{
	u64 opened_us;

	{
		SpinGuard guard{lock_};
		if (!queue_.gate().is_open())
			return;
		opened_us = queue_.gate().opened_us();
	}
	const Health health = transport_.health();
	if (health == Health::works)
		return;
	if (health == Health::unreachable && close_if_opened(opened_us)) {
		// Without configuration space the device does no DMA. A reset may have begun meanwhile.
		const bool gone = transport_.gone();
		repeat([this, gone] {
			core::assert_held(lock_);
			return queue_.gate().is_unreachable() &&
			       (gone ? queue_.clear(Error::no_device)
				     : queue_.fail(Error::no_device));
		});
	}
	kn_work_schedule(&recovery_);
}

/// Closes the gate as unreachable, if it is open since @opened_us. Returns whether it was.
bool AdminQueue::close_if_opened(u64 opened_us)
{
	SpinGuard guard{lock_};

	return queue_.lose(opened_us);
}

void AdminQueue::probe()
{
	SpinGuard guard{lock_};

	queue_.probe();
}

void AdminQueue::resume(bool members)
{
	SpinGuard guard{lock_};

	queue_.resume(members);
}

u64 AdminQueue::set_aside_oldest()
{
	SpinGuard guard{lock_};

	return queue_.accusation().set_aside_oldest();
}

void AdminQueue::acquit()
{
	SpinGuard guard{lock_};

	queue_.accusation().acquit();
}

void AdminQueue::drop_members()
{
	SpinGuard guard{lock_};

	queue_.drop_members();
}

QueueInfo AdminQueue::info()
{
	SpinGuard guard{lock_};

	return queue_.info();
}

/// Sleeps until @request is complete, or the task is being killed. The watchdog ends the request at
/// its deadline, or else this thread, where a thread with a realtime policy may stop the watchdog.
/// @deadline: the request's. Returns whether the request is complete.
bool AdminQueue::sleep(Request &request, u64 deadline)
{
	for (;;) {
		const int ended = kn_wait_killable_until(&request.done, deadline);
		if (ended)
			return ended > 0;
		SpinGuard guard{lock_};
		deadline = watch_.expire(request);
	}
}

/// Waits until @request is complete, or the task is being killed. Only the thread that submitted a
/// request polls for it. @deadline: as of sleep(). Returns whether the request is complete.
bool AdminQueue::wait(Request &request, bool submitted, u64 deadline)
{
	Poller &poller = queue_.poller();
	const auto poll = [this] {
		SpinGuard guard{lock_};
		queue_.poller().found(queue_.process());
	};

	while (poller.polled()) {
		process();
		if (kn_try_wait(&request.done))
			return true;
		if (kn_killed())
			return false;
		kn_sleep_us(poll_pause_us);
	}
	if (submitted && poller.poll(request.done, request.since_us,
				     base::setting_load(settings_.poll_us),
				     [this]() TSA_NO_ANALYSIS { return queue_.has_used(); }, poll))
		return true;
	return sleep(request, deadline);
}

Outcome AdminQueue::execute(std::span<core::Access> accesses, Bytes result, Member *member,
			    const Patience &patience)
{
	Request request{accesses, result, member, sender_of(member), patience};
	const u64 deadline = request.deadline;
	Result<bool> submitted = false;

	{
		SpinGuard guard{lock_};
		submitted = queue_.submit(request);
		if (submitted.ok())
			watch_.watch(request);
	}
	if (!submitted.ok())
		return {submitted.error(), 0, request.since_us};
	if (!wait(request, submitted.get(), deadline)) {
		SpinGuard guard{lock_};
		queue_.kill(request);
	}
	return request.outcome();
}

/// Until @idle returns true or an error. It is called under the lock.
template <typename Idle>
Status AdminQueue::poll_until(u64 deadline, Idle idle)
{
	for (u32 round = 1;; round++) {
		const bool inspect = round % polls_per_inspection == 0;

		if (inspect)
			look_for_device();
		{
			SpinGuard guard{lock_};
			if (inspect)
				queue_.inspect();
			else
				(void)queue_.process();
			if (TRY(idle()))
				return {};
		}
		if (kn_now_ms() >= deadline)
			return Error::timed_out;
		kn_sleep_us(idle_pause_us);
	}
}

Status AdminQueue::wait_idle(const Scope &scope, u64 deadline)
{
	return poll_until(deadline, [&]() -> Result<bool> {
		core::assert_held(lock_);
		return queue_.is_idle(scope);
	});
}

Status AdminQueue::wait_ready(u64 deadline)
{
	return poll_until(deadline, [&]() -> Result<bool> {
		core::assert_held(lock_);
		TRY(queue_.gate().accepts(nullptr, 0));
		if (kn_killed())
			return Error::interrupted;
		return queue_.is_idle({Scope::What::all});
	});
}

} // namespace owner
