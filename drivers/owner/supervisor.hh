// SPDX-License-Identifier: GPL-2.0-only
// Raises the events of an owner, and does what the table of its states demands.
#pragma once

#include "kernel/delayed_work.h"
#include "kernel/lock.h"
#include "kernel/log.h"
#include "kernel/work.h"
#include "owner/observer.hh"
#include "owner/stall_log.hh"

namespace owner {

/**
 * class Supervisor - observes the device of a PF, and recovers it
 *
 * Invariant: resets and negotiation hold mutex(). Every reset pauses the queue first. The
 * queue's lock is inside of mutex(). While the owner is suspect, recovering, stalled or lost, a
 * work is scheduled that observes it again, unless the kernel is about to reset the function.
 *
 * Context: may sleep, except where a function says otherwise.
 */
class Supervisor {
public:
	/// @at_risk: scheduled when the device works again after it stalled or was reset, and may have
	/// lost the state of members.
	Supervisor(kn_pci *pci, const virtio_owner_settings &settings, kn_work &at_risk);

	/// Brings the PF up. Return: as Session::start(). cancel() and Session::end() must follow
	/// an error.
	Status start();

	/// Raises an event that needs no reset of the device by the owner: cut_off, removed,
	/// unbound, or reset_begins. Context: any. Return: whether it changed the state.
	bool signal(Event event);
	/// Raises any event, and those that come of it.
	void raise(Event event) TSA_REQUIRES(mutex_);
	/// Observes device and queue soon. Context: any.
	void schedule() { kn_work_schedule(&work_); }
	/// Ends all observation, until something schedules it again.
	void cancel();

	/// While @removing, VF Enable is cleared, for which the device must have no commands
	/// (2.12.1.3): the owner submits no probe. A reset then counts as proof that the device
	/// works. The owner does not try again while stalled or lost.
	void set_removing(bool removing);
	[[nodiscard]] bool is_removing() const { return removing_.load(); }

	/// Why commands of members fail now, or success: queue and deadline decide. Context: any.
	[[nodiscard]] Status admits() const;

	[[nodiscard]] State state() const { return recovery_.state(); }
	[[nodiscard]] Recovery &recovery() { return recovery_; }
	[[nodiscard]] Session &session() { return session_; }
	[[nodiscard]] AdminQueue &queue() { return session_.queue(); }
	[[nodiscard]] kn_pci *pci() { return session_.device().pci(); }
	[[nodiscard]] kn_mutex &mutex() TSA_RETURN_CAPABILITY(mutex_) { return mutex_; }

private:
	void observe();
	void follow(Event event) TSA_REQUIRES(mutex_);
	bool perform(Action action);
	void probe() TSA_REQUIRES(mutex_);
	Event reset() TSA_REQUIRES(mutex_);
	Event restart() TSA_REQUIRES(mutex_);
	void set_aside_oldest();
	void admit() TSA_REQUIRES(mutex_);
	static void on_interrupt(void *context, u32 vector);
	static void on_work(void *context);
	static void on_timer(void *context);

	Recovery recovery_;
	kn_work work_;
	kn_delayed_work timer_;
	Session session_;
	kn_mutex mutex_;
	base::Atomic<bool> removing_{false};
	kn_work &at_risk_;
	bool is_at_risk_ TSA_GUARDED_BY(mutex_) = false; ///< the members, until the device works
	Observer observer_ TSA_GUARDED_BY(mutex_);
	StallLog log_ TSA_GUARDED_BY(mutex_);
};

} // namespace owner
