// SPDX-License-Identifier: GPL-2.0-only
#include "owner/session.hh"

#include "kernel/log.h"
#include "kernel/time.h"

namespace owner {

u64 Session::deadline() const
{
	return kn_now_ms() + base::setting_load(settings_.command_timeout_ms);
}

u64 Session::operation_deadline() const
{
	return kn_now_ms() + base::setting_load(settings_.operation_ms);
}

Status Session::start(kn_irq_handler handler, void *context)
{
	const Status started = bring_up(handler, context);

	if (!started.ok())
		transport().give_up();
	return started;
}

Status Session::bring_up(kn_irq_handler handler, void *context)
{
	TRY(device_.start(operation_deadline()));
	TRY(queue_.init(device_.pci(), device_.queue_size(), device_.indirect(),
			device_.translated()));
	if (!settings_.polled)
		device_.request_interrupts(handler, context);
	TRY(enable_queue());
	TRY(transport().save());

	const QueueInfo info = queue_.info();
	kn_info(device_.pci(), "admin queue %u: %u entries, %s, %s", device_.queue_index(),
		info.ring_size, info.translated ? "DMA addresses" : "physical addresses",
		info.polled ? "polled" : "interrupts");
	return {};
}

Status Session::enable_queue()
{
	const bool interrupts = TRY(device_.enable_queue(queue_.info()));

	list_.invalidate();
	start_queue(interrupts);
	return {};
}

void Session::start_queue(bool interrupts)
{
	epoch_.add(1);
	queue_.start(!interrupts);
	switch (recovery_.state()) {
	case State::dead:
	case State::ended:
		queue_.fail(Error::no_device);
		break;
	case State::lost:
		queue_.fail(Error::io);
		break;
	default:
		break;
	}
}

Status Session::restart(u64 deadline)
{
	const Status restarted = bring_up_again(deadline);

	if (!restarted.ok())
		transport().give_up();
	return restarted;
}

Status Session::bring_up_again(u64 deadline)
{
	TRY(device_.restart(queue_.info(), deadline, [this] { queue_.clear(Error::again); }));
	return enable_queue();
}

Status Session::reset_queue(u64 deadline)
{
	TRY(device_.reset_queue(deadline));
	queue_.clear(Error::again);
	start_queue(TRY(device_.reenable_queue(queue_.info())));
	return {};
}

void Session::end(bool stopped)
{
	device_.release_interrupts();
	queue_.clear(Error::no_device);
	if (!stopped)
		kn_warn(device_.pci(), "the device does not stop: its queue's memory stays allocated");
	queue_.release(device_.pci(), stopped);
	device_.release();
}

} // namespace owner
