// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/watch_work.hh"

namespace owner {

void WatchWork::run(void *context)
{
	WatchWork &work = *static_cast<WatchWork *>(context);
	LockedQueue &queue = work.queue_;
	bool pending;

	{
		core::SpinGuard guard{queue.lock};
		pending = queue.watch.run();
	}
	if (!pending)
		return;
	queue.repeat([&queue] {
		core::assert_held(queue.lock);
		return queue.watch.expire();
	});
	work.check_.run();
}

} // namespace owner
