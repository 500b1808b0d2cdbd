// SPDX-License-Identifier: GPL-2.0-only
// The guest's own reset of its device.
#include "kernel/time.h"
#include "member/bar0.hh"

namespace member {

using base::Error;

namespace {

constexpr u32 poll_us = 1000;

/// Whether the queue or the owner has a trouble that passes, and not this device.
bool is_passing(const Status &status)
{
	return !status.ok() &&
	       (status.error() == Error::io || status.error() == Error::no_space);
}

/// Waits between two questions. Return: success; Error::timed_out after @deadline;
/// Error::interrupted if the task is being killed.
Status pause(Deadline &deadline)
{
	if (kn_now_ms() >= deadline.get())
		return Error::timed_out;
	if (kn_killed())
		return Error::interrupted;
	kn_sleep_us(poll_us);
	return {};
}

} // namespace

/// Writes status 0 and waits until it reads 0, or a function reset overtakes that.
inline Status Bar0::confirm_reset(Access &access)
{
	u8 value = 0;

	TRY(shadow_->reset(value, access.commands, access.moment));
	while (value != 0 && !is_overtaken(access)) {
		TRY(pause(access.commands.deadline()));
		TRY(shadow_->look(value, access.commands, access.moment));
	}
	// A read's completion pushes the function's earlier writes ahead of it
	// (PCI Express Base, 2.4.1).
	(void)kn_pci_config_read(function_.pci(), WIRE_PCI_STATUS, 2);
	return {};
}

/// What was mapped is not any more, or not known. An interrupt that is still to come has no driver.
inline void Bar0::device_reset()
{
	if (intx_)
		intx_->device_reset();
}

/**
 * A status write of 0 completes when the device has confirmed it and its DMA has
 * arrived, because drivers that do not read back free their memory then.
 *
 * A function reset does more, but only at its end: until the function is reset, its DMA goes on, and
 * a function reset may fail. So the write waits for that end, and is then done again.
 */
Status Bar0::reset_device(Access &access)
{
	function_.restart().resets();
	for (;;) {
		Status status = is_overtaken(access) ? Status{} : confirm_reset(access);
		const bool again = is_passing(status) || is_overtaken(access);
		if (status.ok() && !again) {
			function_.restart().reset_confirmed();
			device_reset();
			doorbell_.ask_again(*client_, access.commands.deadline());
			return {};
		}
		if (again)
			status = pause(access.commands.deadline());
		if (status.ok()) {
			access.commands.renew();
			continue;
		}
		function_.reset_failed(access.commands.phase());
		device_reset();
		return guest_outcome(status);
	}
}

/// A write that the function does not answer is dropped. A reset among its pieces waits for the end
/// of a function reset, if that is why.
Status Bar0::reset_under_reset(core::AccessPlan plan, ConstBytes data, Access &access)
{
	if (!function_.state().resetting() || !config_.io_enabled() || !shadow_->rules())
		return {};
	for (core::Piece piece; plan.next(piece);)
		if (piece.where == core::Piece::Where::common &&
		    piece.field == WIRE_LEGACY_STATUS && data[piece.position] == 0)
			return reset_device(access);
	return {};
}

} // namespace member
