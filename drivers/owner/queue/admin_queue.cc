// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/admin_queue.hh"

namespace owner {

using core::SpinGuard;

void AdminQueue::release(kn_pci *pci, bool stopped)
{
	work_.cancel();
	queue_.requests.release(pci, stopped);
}

void AdminQueue::start(bool polled)
{
	SpinGuard guard{queue_.lock};

	queue_.requests.open(polled);
}

void AdminQueue::admit_members()
{
	SpinGuard guard{queue_.lock};

	queue_.requests.admit_members();
}

void AdminQueue::close(Ending ending, Error reason)
{
	queue_.repeat([this, ending, reason] {
		core::assert_held(queue_.lock);
		return queue_.requests.close(ending, reason);
	});
}

void AdminQueue::probe()
{
	SpinGuard guard{queue_.lock};

	queue_.requests.probe();
}

void AdminQueue::resume(bool members)
{
	SpinGuard guard{queue_.lock};

	queue_.requests.resume(members);
}

u64 AdminQueue::set_aside_oldest()
{
	SpinGuard guard{queue_.lock};

	return queue_.requests.accusation().set_aside_oldest();
}

void AdminQueue::acquit()
{
	SpinGuard guard{queue_.lock};

	queue_.requests.accusation().acquit();
}

void AdminQueue::drop_members()
{
	SpinGuard guard{queue_.lock};

	queue_.requests.drop_members();
}

QueueInfo AdminQueue::info()
{
	SpinGuard guard{queue_.lock};

	return queue_.requests.info();
}

} // namespace owner
