// SPDX-License-Identifier: GPL-2.0-only
#include "kunit/fake/event.hh"

#include "base/result.hh"
#include "kunit/fake/eventually.hh"
#include "kunit/fake/state.hh"

namespace fake {

namespace {

constexpr int first_fd = 100;

Event *find(int fd)
{
	const u32 index = static_cast<u32>(fd - first_fd);

	return index < max_events && state()->events[index].open ? &state()->events[index] : nullptr;
}

Listening *find(const kn_listener *listener)
{
	for (Listening &listening : state()->listenings)
		if (listening.listener == listener)
			return &listening;
	return nullptr;
}

struct ListenerStorage {
	kn_listener_handler handler;
	kn_listener_thread thread;
	void *context;
};
static_assert(sizeof(ListenerStorage) <= sizeof(kn_listener));

ListenerStorage &stored(kn_listener *listener)
{
	return *reinterpret_cast<ListenerStorage *>(listener);
}

void run_thread(void *context)
{
	Listening &listening = *static_cast<Listening *>(context);
	kn_listener *const listener = listening.listener;

	{
		DeviceGuard guard;
		listening.wanted = false;
		listening.running = true;
	}
	stored(listener).thread(stored(listener).context);
	DeviceGuard guard;
	listening.running = false;
}

/// Calls the handlers of all that listen to @event.
void wake_listeners(Event *event)
{
	const kn_size task = kt_task();

	for (Listening &listening : state()->listenings) {
		{
			DeviceGuard guard;
			if (listening.event != event)
				continue;
			listening.handling = task;
		}
		const ListenerStorage &type = stored(listening.listener);
		const bool wanted = type.handler(type.context);
		{
			DeviceGuard guard;
			listening.handling = 0;
			listening.wanted = listening.wanted || wanted;
		}
		if (wanted)
			kn_work_schedule(&listening.thread);
	}
}

void add(Event *event)
{
	DeviceGuard guard;
	event->count++;
}

bool is_put(const Event &event)
{
	DeviceGuard guard;
	return event.users == 0;
}

bool in_handler()
{
	DeviceGuard guard;

	for (const Listening &listening : state()->listenings)
		if (listening.handling == kt_task())
			return true;
	return false;
}

/// A driver must not signal where the eventfd's waiters could wait for the driver.
void check_signal()
{
	if (in_handler())
		violation("eventfd signalled in the handler of a listener");
	if (kt_holds_spinlock())
		violation("eventfd signalled with a spinlock held");
}

} // namespace

void check_may_sleep(const char *what)
{
	if (in_handler())
		violation(what);
}

int make_event()
{
	DeviceGuard guard;

	for (u32 i = 0; i < max_events; i++)
		if (!state()->events[i].open && !state()->events[i].users) {
			state()->events[i] = {.open = true, .users = 0, .count = 0};
			return first_fd + static_cast<int>(i);
		}
	violation("more eventfds than the fake has room for");
	return -1;
}

void signal_event(int fd)
{
	Event *const event = find(fd);

	add(event);
	kt_interrupt([](void *signalled, u32) { wake_listeners(static_cast<Event *>(signalled)); },
		     event, 0);
}

u32 take_event(int fd)
{
	DeviceGuard guard;

	return std::exchange(find(fd)->count, 0);
}

void close_event(int fd)
{
	Event *const event = find(fd);
	DeviceGuard guard;

	event->open = false;
	for (Listening &listening : state()->listenings)
		if (listening.event == event) {
			listening.event = nullptr;
			event->users--;
		}
}

u32 event_users(int fd)
{
	DeviceGuard guard;

	return state()->events[fd - first_fd].users;
}

void check_events(const State &state)
{
	for (const Event &event : state.events)
		if (event.users)
			violation("eventfd held for good", event.users);
}

} // namespace fake

using fake::DeviceGuard;
using fake::Event;
using fake::Listening;
using fake::violation;

extern "C" {

int kn_event_get(kn_event **event, int fd)
{
	DeviceGuard guard;
	Event *const found = fake::find(fd);

	if (!found)
		return base::to_errno(fd == fake::other_file ? base::Error::invalid
							     : base::Error::bad_descriptor);
	found->users++;
	*event = found;
	return 0;
}

void kn_event_put(kn_event *event)
{
	DeviceGuard guard;

	if (event->users-- == 0)
		violation("eventfd put that is not held");
}

void kn_event_signal(kn_event *event)
{
	fake::check_signal();
	if (fake::is_put(*event))
		violation("eventfd signalled that was put");
	fake::add(event);
	fake::wake_listeners(event);
}

void kn_listener_init(kn_listener *listener, kn_listener_handler handler, kn_listener_thread thread,
		      void *context)
{
	fake::stored(listener) = {.handler = handler, .thread = thread, .context = context};
}

int kn_listener_start(kn_listener *listener, int fd)
{
	kn_event *event;

	if (const int error = kn_event_get(&event, fd))
		return error;
	Listening *listening = fake::find(listener);
	if (listening && listening->event) {
		kn_event_put(event);
		return base::to_errno(base::Error::busy);
	}
	if (!listening)
		listening = fake::find(static_cast<const kn_listener *>(nullptr));
	if (!listening) {
		kn_event_put(event);
		violation("more listeners than the fake has room for");
		return base::to_errno(base::Error::no_memory);
	}
	if (!listening->listener)
		kn_work_init(&listening->thread, fake::run_thread, listening);
	bool signalled;
	{
		DeviceGuard guard;
		listening->listener = listener;
		listening->event = event;
		signalled = event->count != 0;
	}
	if (!signalled || !fake::stored(listener).handler(fake::stored(listener).context))
		return 0;
	{
		DeviceGuard guard;
		listening->wanted = true;
	}
	kn_work_schedule(&listening->thread);
	return 0;
}

void kn_listener_flush(kn_listener *listener)
{
	const auto idle = [listener] {
		DeviceGuard guard;
		const Listening *const listening = fake::find(listener);
		return !listening || (!listening->wanted && !listening->running);
	};

	if (!fake::eventually(idle))
		violation("thread of a listener that does not return");
}

void kn_listener_stop(kn_listener *listener)
{
	Listening *const listening = fake::find(listener);

	if (!listening)
		return;
	kn_event *event;
	{
		DeviceGuard guard;
		event = std::exchange(listening->event, nullptr);
	}
	const auto idle = [listening] {
		DeviceGuard guard;
		return listening->handling == 0;
	};
	if (!fake::eventually(idle))
		violation("handler of a listener that does not return");
	kn_listener_flush(listener); // a thread that was asked for runs
	kn_work_cancel(&listening->thread);
	if (event)
		kn_event_put(event);
	DeviceGuard guard;
	listening->wanted = listening->running = false;
	listening->listener = nullptr;
}

} // extern "C"
