// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/request_queue.hh"

#include "kernel/time.h"

namespace owner {

using base::Result;

RequestQueue::RequestQueue(QueueRegisters &registers, kn_work &recovery,
			   const virtio_owner_settings &settings)
	: registers_(registers), recovery_(recovery), settings_(settings),
	  dispatcher_(table_, scheduler_, depth_, gate_, progress_),
	  completions_(table_, scheduler_, depth_, progress_, poller_.window()),
	  probe_(dispatcher_, table_, gate_, group_, settings.command_timeout_ms)
{
	kn_ratelimit_init(&group_.limit);
}

Status RequestQueue::init(kn_pci *pci, u16 ring_size, bool indirect, bool translated)
{
	TRY(table_.init(pci, ring_size, indirect, translated,
			base::setting_load(settings_.depth)));
	scheduler_.init(table_.links(), table_.request_slots());
	depth_.init(table_.request_slots());
	return {};
}

void RequestQueue::open(bool polled)
{
	poller_.set_polled(polled);
	table_.ring().set_interrupts(!polled);
	gate_.open(kn_now_us());
}

bool RequestQueue::close(Ending ending, Error reason)
{
	if (ending == Ending::slots)
		(void)take();
	gate_.close(reason);
	if (dispatcher_.refuse_queued())
		return true;
	if (ending == Ending::queued)
		return false;
	dispatcher_.end_in_flight(reason);
	if (ending == Ending::slots) {
		gate_.reset();
		dispatcher_.reclaim();
	}
	return false;
}

inline void RequestQueue::notify()
{
	if (dispatcher_.take_notification())
		registers_.notify();
}

Result<bool> RequestQueue::submit(Request &request)
{
	const bool submitted = TRY(dispatcher_.submit(request));

	notify();
	return submitted;
}

/// Takes all completions. Returns how many.
unsigned RequestQueue::take()
{
	unsigned taken = 0;

	if (gate_.is_violated())
		return 0;
	if (!completions_.process(base::setting_load(settings_.poll_us), taken).ok()) {
		// The recovery refuses the queued requests: this may be an interrupt.
		gate_.violated();
		dispatcher_.end_in_flight(Error::protocol);
		kn_work_schedule(&recovery_);
	}
	return taken;
}

unsigned RequestQueue::process()
{
	const unsigned taken = take();

	dispatcher_.serve();
	notify();
	if (probe_.is_answered(taken))
		kn_work_schedule(&recovery_);
	return taken;
}

void RequestQueue::inspect()
{
	table_.mark_overdue(kn_now_us(), depth_.patience_us());
	const unsigned taken = process();
	if (poller_.active())
		poller_.found(taken);
	else if (!poller_.polled())
		lost_interrupts_ += taken;
}

void RequestQueue::time_out(Request &request, u64 now_us)
{
	const Status accepted = gate_.accepts(request.member, now_us);

	dispatcher_.expire(request, accepted.ok() ? Error::no_space : accepted.error());
}

void RequestQueue::probe()
{
	probe_.submit();
	notify();
}

void RequestQueue::resume(bool members)
{
	if (!gate_.is_open())
		gate_.open(kn_now_us());
	accusation_.drop();
	if (members)
		gate_.admit_members();
}

void RequestQueue::drop_members()
{
	gate_.bar_members();
	table_.drop_members();
	progress_.drop_member();
	accusation_.drop();
}

bool RequestQueue::is_idle(const Scope &scope) const
{
	switch (scope.what) {
	case Scope::What::member:
		return scope.member->outstanding == 0;
	case Scope::What::closed:
		return !table_.has_closed();
	case Scope::What::all:
		break;
	}
	return table_.counts().all == 0;
}

QueueActivity RequestQueue::activity(const Member *member) const
{
	return {.now_us = kn_now_us(),
		.opened_us = gate_.opened_us(),
		.completed_us = progress_.completed_us(),
		.silent_us = progress_.silent_us(),
		.others_us = progress_.others_us(member),
		.busy = table_.counts().all != 0,
		.starved = table_.counts().all == table_.counts().orphans && scheduler_.starved()};
}

QueueInfo RequestQueue::info() const
{
	return {.addresses = table_.ring().addresses(),
		.ring_size = table_.ring().entries(),
		.depth = table_.request_slots(),
		.current_depth = depth_.limit(),
		.share = scheduler_.share(),
		.indirect = table_.ring().indirect(),
		.translated = table_.ring().translated(),
		.polled = poller_.polled(),
		.lost_interrupts = lost_interrupts_,
		.polled_answers = poller_.found(),
		.orphans = table_.member_orphans(),
		.totals = dispatcher_.totals()};
}

} // namespace owner
