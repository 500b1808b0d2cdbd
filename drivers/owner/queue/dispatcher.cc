// SPDX-License-Identifier: GPL-2.0-only
#include "owner/queue/dispatcher.hh"

#include "kernel/time.h"

namespace owner {

using base::Result;

inline void Dispatcher::submit_next(Request &request, u16 slot)
{
	const SlotTable::Counts &counts = table_.counts();

	if (counts.all == counts.orphans)
		progress_.busy(request.since_us);
	const u16 opcode = request.accesses[request.submitted].opcode;
	request.sender.commands[opcode]++;
	totals_.commands[opcode]++;
	table_.submit(request, slot);
	submitted_ = true;
	if (!table_[slot].sampled) {
		depth_.note_other();
		apply_depth();
	}
}

inline void Dispatcher::submit_more(Request &request)
{
	while (request.has_more()) {
		const u16 slot = scheduler_.take(request.sender);
		if (slot == no_slot)
			return;
		submit_next(request, slot);
	}
}

Result<bool> Dispatcher::submit(Request &request)
{
	request.since_us = kn_now_us();
	TRY(gate_.accepts(request, request.since_us, 0));
	const u16 slot = scheduler_.take(request.sender);
	if (slot == no_slot)
		return scheduler_.enqueue(request, request.sender) ? Result{false}
								    : Result<bool>{Error::again};
	submit_next(request, slot);
	submit_more(request);
	return true;
}

/// Where there is no slot for probes, one for requests has to do.
void Dispatcher::submit_probe(Request &request)
{
	const u16 slot = table_.probe_slot() != no_slot ? table_.probe_slot()
							 : scheduler_.take(request.sender);

	if (slot == no_slot)
		return;
	request.since_us = kn_now_us();
	submit_next(request, slot);
	table_.orphan(slot, Error::again);
}

void Dispatcher::serve()
{
	SlotWaiter *served = nullptr;
	SlotWaiter **end = &served;

	apply_depth();
	if (!scheduler_.next())
		return;
	const u64 now_us = kn_now_us();
	while (SlotWaiter *const waiter = scheduler_.next()) {
		Request &request = static_cast<Request &>(*waiter);
		if (const Status status = gate_.accepts(request, now_us, progress_.completed_us());
		    !status.ok()) {
			scheduler_.unlink(request, request.sender);
			request.refuse(status.error());
			continue;
		}
		request.leave_queue(now_us);
		submit_next(request, scheduler_.serve());
		request.next = nullptr;
		*end = waiter;
		end = &waiter->next;
	}
	for (SlotWaiter *waiter = served; waiter; waiter = waiter->next)
		submit_more(static_cast<Request &>(*waiter));
}

void Dispatcher::withdraw(Request &request, Error queued, Error in_flight)
{
	if (request.queued) {
		scheduler_.unlink(request, request.sender);
		request.refuse(queued);
		return;
	}
	// The last orphan completes the request, and its stack may go.
	u16 left = request.pending;
	for (u16 i = 0; left > 0; i++)
		if (const u16 slot = request.slots[i]; table_[slot].request == &request) {
			left--;
			table_.orphan(slot, in_flight);
		}
}

bool Dispatcher::refuse_queued()
{
	for (unsigned i = 0; i < max_refused; i++) {
		SlotWaiter *const waiter = scheduler_.dismiss();
		if (!waiter)
			return false;
		static_cast<Request &>(*waiter).refuse(gate_.reason());
	}
	return true;
}

void Dispatcher::end_in_flight(Error reason)
{
	for (u16 slot = 0; slot < table_.size(); slot++)
		if (table_[slot].request)
			table_.orphan(slot, reason);
}

void Dispatcher::reclaim()
{
	for (u16 slot = 0; slot < table_.size(); slot++)
		if (table_[slot].in_flight)
			free_slot(table_, scheduler_, slot);
	depth_.init(table_.request_slots()); // a reset may have changed the device
	scheduler_.set_limit(table_.request_slots());
	table_.ring().clear();
}

} // namespace owner
