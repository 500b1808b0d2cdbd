// SPDX-License-Identifier: GPL-2.0-only
// Ends requests at their deadlines, and finds completions without an interrupt.
#pragma once

#include "kernel/delayed_work.h"
#include "owner/queue/request_queue.hh"
#include "owner/queue/watchdog.hh"

namespace owner {

/**
 * class Watch - what the delayed work of a queue does, without its lock
 *
 * Invariant: between two calls the work is scheduled for all requests that are pending, as
 * Watchdog demands. A completion that is there at a deadline counts.
 *
 * Not locked: the caller holds the queue's lock.
 */
class Watch {
public:
	/// @work is scheduled when run() is due, and @recovery when the device completes nothing for
	/// a quarter of the timeout. @settings outlives the queue.
	Watch(RequestQueue &queue, kn_delayed_work &work, kn_work &recovery,
	      const virtio_owner_settings &settings)
		: queue_(queue), work_(work), recovery_(recovery), settings_(settings)
	{
	}

	/// @request is pending since its since_us, until it completes.
	void watch(Request &request) { schedule(watchdog_.watch(request, request.since_us)); }

	/// Inspects the queue. Return: whether requests are pending.
	[[nodiscard]] bool run();
	/// After it: ends the requests whose deadline is over, of max_examined. Return: whether it
	/// has to be called again.
	[[nodiscard]] bool expire();
	/// Takes all completions, and ends @request if its deadline is over. A complete request stays
	/// as it is. Return: its deadline (kn_now_ms()).
	[[nodiscard]] u64 expire(Request &request);

private:
	void schedule(u32 delay_ms)
	{
		if (delay_ms)
			kn_delayed_work_start(&work_, delay_ms);
	}

	RequestQueue &queue_;
	kn_delayed_work &work_;
	kn_work &recovery_;
	const virtio_owner_settings &settings_;
	Watchdog watchdog_;
};

} // namespace owner
