// SPDX-License-Identifier: GPL-2.0-only
// How a task waits for its request: it looks for an answer for a while, then it sleeps. The
// queue's watch looks after all who do.
#include "base/guard.hh"
#include "kernel/processor.h"
#include "kernel/time.h"
#include "owner/admin_queue.hh"
#include "owner/lock_guard.hh"

namespace owner {

using base::Error;

namespace {

/// Pause between two looks for answers where there is no interrupt.
constexpr u32 pause_us = 50;

} // namespace

/// The watch looks before its deadline.
void AdminQueue::cover_locked(const AdminRequest &request, u64 now_us)
{
	if (const u32 ms = watch_.cover(now_us, request.deadline))
		kn_delayed_work_start(&watch_work_, ms);
}

/// From now on the watch looks after it.
void AdminQueue::wait_locked(AdminRequest &request)
{
	waiting_.append(request.waits);
	cover_locked(request, request.since_us);
}

/// Until it is complete, which the watch sees to, or the task is being killed; whether it is.
bool AdminQueue::wait(kn_completion &completion)
{
	if (!polled())
		return kn_wait_killable(&completion) == 0;
	for (;;) {
		harvest();
		if (kn_try_wait(&completion))
			return true;
		if (kn_killed())
			return false;
		kn_sleep_us(pause_us);
	}
}

/**
 * Looks for the answer to what was sent at @sent_us, without the lock and without sleeping,
 * for as long as that is likely to find it. Whether it is there.
 *
 * One waiter of the queue at a time does so, and takes what came for all: more of them
 * would burn a processor each to learn the same. Interrupts stay on. Who sleeps relies on
 * them, and a poller may lose its processor at any moment.
 */
bool AdminQueue::poll(kn_completion &completion, u64 sent_us)
{
	const u32 window_us = answer_time_.window(poll_limit());

	if (window_us == 0 || polled() || polling_.exchange(true))
		return false;
	const base::ScopeGuard end{[this] { polling_.store(false); }};
	do {
		if (ring_.has_used()) {
			SpinGuard guard{lock_};
			polled_answers_ += harvest_locked();
		}
		if (kn_try_wait(&completion))
			return true;
		kn_cpu_relax();
	} while (!kn_processor_wanted() && !kn_killed() && kn_now_us() - sent_us < window_us);
	return false;
}

/// What has no answer for long does not count in the dispatch depth: it must not keep others
/// out. serve_locked() belongs behind it.
void AdminQueue::find_overdue_locked()
{
	const u64 now_us = kn_now_us();
	const u64 patience_us = dispatch_.patience_us();

	for (u16 i = 0; i < slot_count_; i++) {
		Slot &slot = slots_[i];
		if (!slot.sent || slot.overdue || now_us - slot.sent_us < patience_us)
			continue;
		slot.overdue = true;
		overdue_++;
	}
}

/// Did an interrupt get lost, or the device, or does a command get no answer?
void AdminQueue::look_locked()
{
	find_overdue_locked();
	const unsigned found = harvest_locked();
	if (polling_.load())
		polled_answers_ += found; // who looks would have found them
	else if (!polled())
		lost_interrupts_ += found;
	// A function under reset does not answer either; then the queue is paused.
	if (!running_)
		return;
	if (transport_.gone())
		clear_locked(Error::no_device);
	else if (transport_.status() & WIRE_STATUS_NEEDS_RESET)
		kn_work_schedule(&recovery_);
}

void AdminQueue::look()
{
	SpinGuard guard{lock_};

	look_locked();
}

/// Looks, and ends the waits whose time is over. Where nobody waits, nobody asks, and nobody
/// would act on what it finds.
void AdminQueue::watch()
{
	SpinGuard guard{lock_};

	watch_.ended();
	if (waiting_.alone())
		return;
	look_locked();
	const u64 now_us = kn_now_us();
	for (WaitLink *link = waiting_.next, *next; link != &waiting_; link = next) {
		AdminRequest &request = *link->request;
		next = link->next;
		if (now_us < request.deadline * us_per_ms) {
			cover_locked(request, now_us);
			continue;
		}
		const Status accepted = accepts_locked(request.member);
		end_wait_locked(request, accepted.ok() ? Error::no_space : accepted.error(),
				Error::timed_out);
	}
}

void AdminQueue::on_watch(void *context)
{
	static_cast<AdminQueue *>(context)->watch();
}

u64 AdminQueue::lost_interrupts()
{
	SpinGuard guard{lock_};

	return lost_interrupts_;
}

u64 AdminQueue::polled_answers()
{
	SpinGuard guard{lock_};

	return polled_answers_;
}

} // namespace owner
