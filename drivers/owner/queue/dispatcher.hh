// SPDX-License-Identifier: GPL-2.0-only
// The way of a request to the device, and back without it.
#pragma once

#include "owner/queue/dispatch_depth.hh"
#include "owner/queue/gate.hh"
#include "owner/queue/progress.hh"
#include "owner/queue/slot_table.hh"

namespace owner {

/// Queued requests that are completed at once, with interrupts off.
constexpr unsigned max_refused = 64;

/**
 * class Dispatcher - submits requests, queues them, and ends them
 *
 * Invariant: a request that submit() accepted is in flight, queued, or complete. A request is
 * queued only while the scheduler has no slot for it, once serve() has returned.
 *
 * Not locked: the caller holds the queue's lock.
 */
class Dispatcher {
public:
	Dispatcher(SlotTable &table, Scheduler &scheduler, DispatchDepth &depth, const Gate &gate,
		   Progress &progress)
		: table_(table), scheduler_(scheduler), depth_(depth), gate_(gate),
		  progress_(progress)
	{
	}

	/**
	 * submit() - submit what has a slot of a new request, or queue the request
	 *
	 * Sets the request's since_us. Return: whether commands were submitted; the reason of the
	 * gate; Error::no_space after the deadline; Error::again if too many requests of the
	 * sender wait.
	 */
	[[nodiscard]] base::Result<bool> submit(Request &request);

	/// Submits a command without a waiter, if there is a slot. It is an orphan at once, so
	/// @request may go.
	void submit_probe(Request &request);

	/**
	 * serve() - submit queued requests in slots that are free
	 *
	 * Of each request in the scheduler's order the first command is submitted, then more of
	 * these requests while there are slots. A request that the gate refuses leaves its
	 * sender's turn to the next one. Takes no completions, so it ends however fast the device
	 * is.
	 */
	void serve();

	/// Whether commands were submitted since the last call, and the device wants to be
	/// notified. The caller notifies it before it releases the lock, so that no notification
	/// follows a reset.
	[[nodiscard]] bool take_notification()
	{
		if (!submitted_)
			return false;
		submitted_ = false;
		return table_.ring().wants_notification();
	}

	/// Ends a request that is not complete: with @queued if it has no slot yet, else with
	/// @in_flight for the commands without a completion. They become orphans.
	void withdraw(Request &request, Error queued, Error in_flight);
	/// Completes queued requests with the reason of the gate, max_refused at most. Return:
	/// whether there are more.
	[[nodiscard]] bool refuse_queued();
	/// Completes all requests in flight with @reason.
	void end_in_flight(Error reason);
	/// Frees all slots, after a confirmed reset or when the device is gone.
	void reclaim();

	/// Commands and timeouts of all senders, ever.
	[[nodiscard]] const Totals &totals() const { return totals_; }
	/// The deadline of @request is over: ends it with @queued if it has no slot yet.
	void expire(Request &request, Error queued)
	{
		request.sender.timeouts += request.pending;
		totals_.timeouts += request.pending;
		withdraw(request, queued, Error::timed_out);
	}

	/// Applies the dispatch depth. Overdue commands are not counted in it.
	void apply_depth()
	{
		scheduler_.set_limit(static_cast<u16>(depth_.limit() + table_.counts().overdue));
	}

private:
	void submit_next(Request &request, u16 slot);
	void submit_more(Request &request);

	SlotTable &table_;
	Scheduler &scheduler_;
	DispatchDepth &depth_;
	const Gate &gate_;
	Progress &progress_;
	Totals totals_ = {};
	bool submitted_ = false; ///< since the last take_notification()
};

} // namespace owner
