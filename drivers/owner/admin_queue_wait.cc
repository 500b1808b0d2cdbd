// SPDX-License-Identifier: GPL-2.0-only
// How a task waits for its request: it looks for an answer for a while, then it
// sleeps, and looks again once a slice.
#include "base/guard.hh"
#include "kernel/processor.h"
#include "kernel/time.h"
#include "owner/admin_queue.hh"
#include "owner/lock_guard.hh"

namespace owner {

using base::Error;

namespace {

/// How often a waiter looks for itself whether the device is still there.
constexpr u32 slice_ms = 100;
/// Pause between two looks where there is no interrupt, and how many make a slice.
constexpr u32 pause_us = 50;
constexpr u32 pauses_per_slice = 1024;

} // namespace

/// @now: milliseconds, of when it was sent, or later. Before the first sleep no clock is read.
int AdminQueue::wait(kn_completion &completion, u64 now, u64 deadline)
{
	for (u32 round = 0;; round++) {
		if (polled())
			harvest();
		if (polled() ? round % pauses_per_slice == pauses_per_slice - 1 : round > 0)
			look();
		if (kn_try_wait(&completion))
			return 1;
		if (polled() || round > 0) {
			if (kn_killed())
				return base::to_errno(Error::interrupted);
			now = kn_now_ms();
		}
		if (now >= deadline)
			return 0;
		if (polled()) {
			kn_sleep_us(pause_us);
			continue;
		}
		// Some looks before the end, also of a short time.
		const u64 half = (deadline - now + 1) / 2;
		const u32 ms = half < slice_ms ? static_cast<u32>(half) : slice_ms;
		const int woken = kn_wait_killable(&completion, ms);
		if (woken != 0)
			return woken;
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

int AdminQueue::wait_for_answer(kn_completion &completion, u64 sent_us, u64 deadline)
{
	return poll(completion, sent_us) ? 1 : wait(completion, sent_us / us_per_ms, deadline);
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

/// A waiter's own look, once a slice: did an interrupt get lost, or the device, or does a
/// command get no answer?
void AdminQueue::look()
{
	SpinGuard guard{lock_};

	find_overdue_locked();
	const unsigned found = harvest_locked();
	if (!polled())
		lost_interrupts_ += found;
	// A function under reset does not answer either; then the queue is paused.
	if (!running_)
		return;
	if (transport_.gone())
		clear_locked(Error::no_device);
	else if (transport_.status() & WIRE_STATUS_NEEDS_RESET)
		kn_work_schedule(&recovery_);
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
