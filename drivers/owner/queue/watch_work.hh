// SPDX-License-Identifier: GPL-2.0-only
// The delayed work of a queue.
#pragma once

#include "owner/queue/device_check.hh"

namespace owner {

/**
 * class WatchWork - runs the watch of a queue, and then checks the device
 *
 * Invariant: only the queue's watch schedules the work. After cancel() it does not run, unless a
 * request becomes pending.
 */
class WatchWork {
public:
	WatchWork(LockedQueue &queue, DeviceCheck &check) : queue_(queue), check_(check)
	{
		kn_delayed_work_init(&work_, &WatchWork::run, this);
	}

	/// For the queue's watch, which schedules it.
	[[nodiscard]] kn_delayed_work &work() { return work_; }
	/// Waits for a run. Context: may sleep.
	void cancel() { kn_delayed_work_cancel(&work_); }

private:
	static void run(void *context);

	LockedQueue &queue_;
	DeviceCheck &check_;
	kn_delayed_work work_;
};

} // namespace owner
