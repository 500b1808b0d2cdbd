// SPDX-License-Identifier: GPL-2.0-only
// Queue notifications by eventfd: VFIO_DEVICE_IOEVENTFD on the notify register.
#pragma once

#include "core/lock_guard.hh"
#include "kernel/event.h"
#include "kernel/vfio_ioeventfd.h"
#include "kernel/work.h"
#include "member/bar0.hh"

namespace member {

class DoorbellEvents;
/// Registrations of one VF, as many as vfio-pci-core allows.
constexpr base::u32 max_doorbell_events = 1000;
/// Null until the first registration of an open.
using DoorbellEventsPointer = base::Atomic<DoorbellEvents *>;

/**
 * class DoorbellEvents - eventfds each of whose signals is a notification of the guest
 *
 * KVM signals the eventfd in the context of the vCPU, which may not sleep. The notification is over
 * there if it is a write to a known address. All others are left to one work for the whole VF. So a
 * device that completes no command blocks one work, however many queues the guest notifies.
 *
 * Invariant: an event whose eventfd was signalled is either over, or among the pending ones with the
 * work scheduled. While the listener of an event runs, the event is in the list.
 *
 * Locks: mutex_ serializes registrations. The work does not take it, because the end of a
 * registration waits for the work.
 */
class DoorbellEvents {
public:
	/// What a notification needs.
	struct Parts {
		Function &function;
		Doorbell &doorbell;
		Bar0 &bar0;
		AdminClient &client;
	};

	/**
	 * set() - begin or end a registration
	 * @pointer: the VF's; what it points to is made if it is needed, and @parts outlive it
	 * @request: the user's argument, for BAR0
	 *
	 * The errors and their order are those of vfio-pci-core.
	 *
	 * Context: may sleep. Return: success; Error::invalid for another write than one of 2 bytes to
	 * the notify register, or another file than an eventfd; Error::bad_descriptor;
	 * Error::exists for a second eventfd for one queue; Error::no_device if there is nothing to
	 * end; Error::no_space; Error::no_memory; Error::interrupted.
	 */
	[[nodiscard]] static Status set(DoorbellEventsPointer &pointer, const Parts &parts,
					const kn_vfio_ioeventfd &request);
	/// Ends all registrations. Notifications that are pending are dropped. Context: may sleep, up
	/// to the deadline of an access; no set() runs.
	static void close(DoorbellEventsPointer &pointer);

private:
	/// A registration.
	struct Event {
		DoorbellEvents *owner;
		kn_listener listener;
		Event *next;	     ///< in the list
		Event *next_pending; ///< valid while pending
		base::Atomic<bool> pending;
		base::Atomic<u32> resets; ///< FunctionState::resets() at the last signal
		u16 queue;
	};

	explicit DoorbellEvents(const Parts &parts);
	[[nodiscard]] static DoorbellEvents *made(DoorbellEventsPointer &pointer,
						  const Parts &parts);
	Status change(u16 queue, int fd);
	[[nodiscard]] Event **find(u16 queue) TSA_REQUIRES(mutex_);
	Status add(Event **end, u16 queue, int fd) TSA_REQUIRES(mutex_);
	void remove(Event **place) TSA_REQUIRES(mutex_);

	void signalled(Event &event);
	void leave_to_work(Event &event);
	void ring_pending();

	const Parts parts_;
	kn_mutex mutex_;
	Event *first_ TSA_GUARDED_BY(mutex_) = nullptr;
	u32 count_ TSA_GUARDED_BY(mutex_) = 0;
	base::Atomic<Event *> pending_{nullptr};
	base::Atomic<bool> closing_{false};
	kn_work work_;
};

} // namespace member
