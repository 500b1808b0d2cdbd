// SPDX-License-Identifier: GPL-2.0-only
#include "member/doorbell_events.hh"

#include "kernel/memory.h"
#include "member/region.hh"

namespace member {

using base::Error;

namespace {

constexpr u64 last_queue = 0xffff;

/// As vfio-pci-core refuses it for any region, and what the emulated BAR0 refuses in addition.
bool is_notification(const kn_vfio_ioeventfd &request)
{
	return request.argsz >= KN_VFIO_IOEVENTFD_SIZE && request.flags == core::notify_width &&
	       request.fd >= -1 && offset_in_region(request.offset) == WIRE_LEGACY_QUEUE_NOTIFY &&
	       request.data <= last_queue;
}

} // namespace

DoorbellEvents::DoorbellEvents(const Parts &parts) : parts_(parts)
{
	kn_mutex_init(&mutex_, KN_LOCK_EVENTS);
	kn_work_init(
		&work_, [](void *context) { static_cast<DoorbellEvents *>(context)->ring_pending(); },
		this);
}

/// Another task may be quicker. Then its object is the one.
DoorbellEvents *DoorbellEvents::made(DoorbellEventsPointer &pointer, const Parts &parts)
{
	static_assert(std::is_trivially_destructible_v<DoorbellEvents>);
	if (DoorbellEvents *const present = pointer.load())
		return present;
	void *const memory = kn_alloc_accounted(sizeof(DoorbellEvents));
	if (!memory)
		return nullptr;
	DoorbellEvents *const events = new (memory) DoorbellEvents(parts);
	if (pointer.replace(nullptr, events))
		return events;
	kn_free(memory);
	return pointer.load();
}

Status DoorbellEvents::set(DoorbellEventsPointer &pointer, const Parts &parts,
			   const kn_vfio_ioeventfd &request)
{
	if (!is_notification(request))
		return Error::invalid;
	if (request.fd < 0 && !pointer.load())
		return Error::no_device;
	DoorbellEvents *const events = made(pointer, parts);
	return events ? events->change(static_cast<u16>(request.data), request.fd)
		      : Status{Error::no_memory};
}

void DoorbellEvents::close(DoorbellEventsPointer &pointer)
{
	DoorbellEvents *const events = pointer.exchange(nullptr);

	if (!events)
		return;
	events->closing_.store(true);
	kn_mutex_lock(&events->mutex_);
	for (Event *event = events->first_; event; event = event->next)
		kn_listener_stop(&event->listener);
	// Nothing schedules it now.
	kn_work_cancel(&events->work_);
	for (Event *event = events->first_; event;)
		kn_free(std::exchange(event, event->next));
	kn_mutex_unlock(&events->mutex_);
	kn_free(events);
}

Status DoorbellEvents::change(u16 queue, int fd)
{
	if (kn_mutex_lock_killable(&mutex_))
		return Error::interrupted;
	const core::HeldMutex guard{mutex_};
	Event **const place = find(queue);

	if (*place && fd >= 0)
		return Error::exists;
	if (fd >= 0)
		return add(place, queue, fd);
	if (!*place)
		return Error::no_device;
	remove(place);
	return {};
}

/// Where the list has @queue's event, or where it ends.
DoorbellEvents::Event **DoorbellEvents::find(u16 queue)
{
	Event **place = &first_;

	while (*place && (*place)->queue != queue)
		place = &(*place)->next;
	return place;
}

Status DoorbellEvents::add(Event **end, u16 queue, int fd)
{
	if (count_ >= max_doorbell_events)
		return Error::no_space;
	void *const memory = kn_alloc_accounted(sizeof(Event));
	if (!memory)
		return Error::no_memory;
	Event *const event = new (memory) Event{};
	event->owner = this;
	event->queue = queue;
	kn_listener_init(
		&event->listener,
		[](void *context) {
			Event &signalled = *static_cast<Event *>(context);
			signalled.owner->signalled(signalled);
			return false;
		},
		[](void *) {}, event);
	// The eventfd may be signalled already, which calls the handler at once.
	const Status started = base::status_of(kn_listener_start(&event->listener, fd));
	if (!started.ok()) {
		kn_free(event);
		return started;
	}
	*end = event;
	count_++;
	return {};
}

/// A notification that is pending goes to the device before this returns, and none does afterwards.
void DoorbellEvents::remove(Event **place)
{
	Event *const event = *place;

	kn_listener_stop(&event->listener);
	kn_work_flush(&work_);
	*place = event->next;
	count_--;
	kn_free(event);
}

/// Context: atomic, with the lock of the eventfd held.
void DoorbellEvents::signalled(Event &event)
{
	// Before the look at the state: a function reset that begins later drops the notification.
	const u32 resets = parts_.function.state().resets();

	event.resets.store(resets);
	if (parts_.bar0.decodes_now()) {
		if (!parts_.doorbell.try_ring(parts_.client, event.queue, resets))
			leave_to_work(event);
	} else if (parts_.bar0.may_decode()) {
		leave_to_work(event);
	}
}

void DoorbellEvents::leave_to_work(Event &event)
{
	if (event.pending.exchange(true))
		return;
	do
		event.next_pending = pending_.load();
	while (!pending_.replace(event.next_pending, &event));
	kn_work_schedule(&work_);
}

/// All that are pending have the time of one access together.
void DoorbellEvents::ring_pending()
{
	Deadline deadline;

	for (Event *event = pending_.exchange(nullptr); event && !closing_.load();) {
		Event &current = *event;

		event = current.next_pending;
		// An exchange, because a signal that finds it true has stored its resets before.
		(void)current.pending.exchange(false);
		parts_.bar0.notify_late(current.queue, current.resets.load(), deadline);
	}
}

} // namespace member
