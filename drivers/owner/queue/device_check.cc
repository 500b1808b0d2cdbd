// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/device_check.hh"

namespace owner {

using core::SpinGuard;

void DeviceCheck::run()
{
	u64 opened_us;

	{
		SpinGuard guard{queue_.lock};
		if (!queue_.requests.gate().is_open())
			return;
		opened_us = queue_.requests.gate().opened_us();
	}
	const Health health = transport_.health();
	if (health == Health::works)
		return;
	if (health == Health::unreachable && close_if_opened(opened_us)) {
		// Without configuration space the device does no DMA. A reset may have begun meanwhile.
		const bool gone = transport_.gone();
		queue_.repeat([this, gone, opened_us] {
			core::assert_held(queue_.lock);
			return is_closed_since(opened_us) &&
			       queue_.requests.close(gone ? Ending::slots : Ending::pending,
						     Error::no_device);
		});
	}
	kn_work_schedule(&recovery_);
}

/// Whether the gate is as close_if_opened() left it.
bool DeviceCheck::is_closed_since(u64 opened_us) const
{
	const Gate &gate = queue_.requests.gate();

	return gate.is_unreachable() && gate.opened_us() == opened_us;
}

/// Closes the gate as unreachable, if it is open since @opened_us. Returns whether it was.
bool DeviceCheck::close_if_opened(u64 opened_us)
{
	SpinGuard guard{queue_.lock};

	return queue_.requests.lose(opened_us);
}

} // namespace owner
