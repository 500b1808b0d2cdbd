// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/request_queue.hh"

#include "kernel/time.h"

namespace owner {

using base::Result;

RequestQueue::RequestQueue(Transport &transport, kn_work &recovery, kn_delayed_work &watchdog,
			   const virtio_owner_settings &settings)
	: transport_(transport), recovery_(recovery), watchdog_work_(watchdog),
	  settings_(settings), dispatcher_(table_, scheduler_, depth_, gate_, progress_),
	  completions_(table_, scheduler_, depth_, progress_, poller_.window())
{
	kn_ratelimit_init(&group_.limit);
}

Status RequestQueue::init(kn_pci *pci, u16 ring_size, bool indirect, bool translated)
{
	TRY(table_.init(pci, ring_size, indirect, translated,
			base::setting_load(settings_.depth)));
	scheduler_.init(table_.links(), table_.size());
	depth_.init(table_.size());
	return {};
}

void RequestQueue::open(bool polled)
{
	poller_.set_polled(polled);
	gate_.open(kn_now_us());
}

void RequestQueue::pause()
{
	gate_.close(Error::again);
	dispatcher_.refuse_queued();
}

void RequestQueue::fail(Error reason)
{
	gate_.close(reason);
	dispatcher_.end_all(reason);
}

void RequestQueue::reclaim(Error reason)
{
	fail(reason);
	gate_.reset();
	dispatcher_.reclaim();
}

void RequestQueue::clear(Error reason)
{
	(void)take();
	reclaim(reason);
}

inline void RequestQueue::notify()
{
	if (dispatcher_.take_notification())
		transport_.notify();
}

inline void RequestQueue::schedule_watchdog(u32 delay_ms)
{
	if (delay_ms)
		kn_delayed_work_start(&watchdog_work_, delay_ms);
}

Result<bool> RequestQueue::submit(Request &request)
{
	const bool submitted = TRY(dispatcher_.submit(request));

	notify();
	schedule_watchdog(watchdog_.watch(request, request.since_us));
	return submitted;
}

/// Takes all completions. Returns how many.
unsigned RequestQueue::take()
{
	unsigned taken = 0;

	if (gate_.is_violated())
		return 0;
	if (!completions_.process(base::setting_load(settings_.poll_us), taken).ok()) {
		gate_.violated();
		dispatcher_.end_all(Error::protocol);
		kn_work_schedule(&recovery_);
	}
	return taken;
}

unsigned RequestQueue::process()
{
	const unsigned taken = take();

	dispatcher_.serve();
	notify();
	return taken;
}

void RequestQueue::inspect()
{
	table_.mark_overdue(kn_now_us(), depth_.patience_us());
	const unsigned taken = process();
	if (poller_.active())
		poller_.found(taken);
	else if (!poller_.polled())
		watchdog_.found(taken);
	// A function under reset is unreachable, too. The gate is closed then.
	if (!gate_.is_open())
		return;
	if (transport_.gone())
		reclaim(Error::no_device);
	else if (transport_.status() & WIRE_STATUS_NEEDS_RESET)
		kn_work_schedule(&recovery_);
}

void RequestQueue::run_watchdog()
{
	watchdog_.started();
	if (watchdog_.idle())
		return;
	inspect();
	schedule_watchdog(watchdog_.expire(kn_now_us(), [this](Request &request) {
		const Status accepted = gate_.accepts(request.member);
		dispatcher_.withdraw(request, accepted.ok() ? Error::no_space : accepted.error(),
				     Error::timed_out);
	}));
}

void RequestQueue::drop_members()
{
	table_.drop_members();
	progress_.drop_member();
}

bool RequestQueue::is_idle(const Scope &scope) const
{
	switch (scope.what) {
	case Scope::What::member:
		return scope.member->outstanding == 0;
	case Scope::What::group:
		return table_.counts().group == 0;
	case Scope::What::all:
		break;
	}
	return table_.counts().all == 0;
}

QueueInfo RequestQueue::info() const
{
	return {.addresses = table_.addresses(),
		.ring_size = table_.ring_size(),
		.depth = table_.size(),
		.current_depth = depth_.limit(),
		.share = scheduler_.share(),
		.indirect = table_.indirect(),
		.translated = table_.translated(),
		.polled = poller_.polled(),
		.lost_interrupts = watchdog_.found(),
		.polled_answers = poller_.found()};
}

} // namespace owner
