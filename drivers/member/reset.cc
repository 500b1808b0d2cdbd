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

} // namespace

/// Writes status 0 and waits until it reads 0.
Status Bar0::confirm_reset(Access &access)
{
	u8 value = 0;

	TRY(shadow_->reset(value, access.commands, access.moment));
	while (value != 0) {
		if (kn_now_ms() >= access.commands.deadline().get())
			return Error::timed_out;
		if (kn_killed())
			return Error::interrupted;
		kn_sleep_us(poll_us);
		TRY(shadow_->look(value, access.commands, access.moment));
	}
	return {};
}

/**
 * A status write of 0 completes when the device has confirmed it and its DMA has
 * arrived, because drivers that do not read back free their memory then.
 */
Status Bar0::reset_device(Access &access)
{
	Status status = confirm_reset(access);

	while (is_passing(status) && kn_now_ms() < access.commands.deadline().get()) {
		if (kn_killed()) {
			status = Error::interrupted;
			break;
		}
		kn_sleep_us(poll_us);
		status = confirm_reset(access);
	}
	if (status.ok()) {
		// A read's completion pushes the function's earlier writes ahead of it
		// (PCI Express Base, 2.4.1).
		(void)kn_pci_config_read(function_.pci(), WIRE_PCI_STATUS, 2);
		return {};
	}
	function_.reset_failed(access.commands.resets_before());
	return guest_outcome(status);
}

} // namespace member
