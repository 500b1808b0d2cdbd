// SPDX-License-Identifier: GPL-2.0-only
// Commands, and what is known after those that fail.
#include "core/known_device.hh"

namespace core {

using base::Error;
using base::Status;

namespace {

Access selection(u16 queue)
{
	return write_access(LegacySpace::common, WIRE_LEGACY_QUEUE_SELECT, queue, sizeof(queue));
}

} // namespace

void KnownDevice::forget()
{
	registers_.forget();
	config_.drop();
	refused_reads_.clear();
}

void KnownDevice::distrust()
{
	registers_.distrust();
	config_.drop();
	refused_reads_.clear();
}

/// A command that failed with another error may have been executed, or may still be.
Status KnownDevice::run(std::span<Access> accesses, usize &done, LegacyDevice &device)
{
	done = 0;
	const Status status = device.execute(accesses, done);

	if (!status.ok() && status.error() != Error::invalid)
		distrust();
	return status;
}

Status KnownDevice::run(Access &access, LegacyDevice &device)
{
	usize done;

	return run({&access, 1}, done, device);
}

Status KnownDevice::run_selected(u16 queue, Access &access, LegacyDevice &device)
{
	Access accesses[2] = {selection(queue), access};
	usize done;

	registers_.queues().lose_selection();
	const Status status = run(accesses, done, device);
	if (done > 0)
		registers_.queues().sent(queue);
	access = accesses[1];
	return status;
}

Status KnownDevice::send_selection(LegacyDevice &device)
{
	const auto queue = registers_.queues().to_send();

	if (!queue)
		return {};
	Access access = selection(*queue);
	registers_.queues().lose_selection();
	TRY(run(access, device));
	registers_.queues().sent(*queue);
	return {};
}

} // namespace core
