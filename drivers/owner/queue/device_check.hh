// SPDX-License-Identifier: GPL-2.0-only
// Whether the function of a queue answers, and works.
#pragma once

#include "owner/queue/locked_queue.hh"

namespace owner {

/**
 * class DeviceCheck - reads the device status, and ends the requests of a function that is gone
 *
 * Invariant: the device is read without the queue's lock, because an access to a hung link takes
 * long. A function under reset is unreachable, too: the gate is closed then, and what was found
 * counts only if it is the same opening of the gate.
 */
class DeviceCheck {
public:
	/// @recovery is scheduled when the device is unreachable, or wants a reset.
	DeviceCheck(LockedQueue &queue, Transport &transport, kn_work &recovery)
		: queue_(queue), transport_(transport), recovery_(recovery)
	{
	}

	/// Does nothing while no commands are accepted. Context: may sleep.
	void run();

private:
	[[nodiscard]] bool close_if_opened(u64 opened_us);
	[[nodiscard]] bool is_closed_since(u64 opened_us) const TSA_REQUIRES(queue_.lock);

	LockedQueue &queue_;
	Transport &transport_;
	kn_work &recovery_;
};

} // namespace owner
