// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/watch.hh"

#include "kernel/time.h"

namespace owner {

bool Watch::run()
{
	watchdog_.started();
	if (watchdog_.idle())
		return false;
	queue_.inspect();
	const u64 timeout_us = base::setting_load(settings_.command_timeout_ms) * us_per_ms;
	if (queue_.activity(nullptr).is_silent(timeout_us))
		kn_work_schedule(&recovery_);
	return true;
}

bool Watch::expire()
{
	const u64 now_us = kn_now_us();

	const auto time_out = [this, now_us](Request &request) { queue_.time_out(request, now_us); };

	schedule(watchdog_.expire(now_us, queue_.progress().completed_us(), time_out));
	return !watchdog_.finished();
}

u64 Watch::expire(Request &request)
{
	const u64 now_us = kn_now_us();

	(void)queue_.process();
	const u64 completed_us = queue_.progress().completed_us();
	if (request.expired(now_us, completed_us))
		queue_.time_out(request, now_us);
	return request.due_ms(completed_us);
}

} // namespace owner
