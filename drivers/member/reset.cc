// SPDX-License-Identifier: GPL-2.0-only
// The guest's own reset of its device, and devices that do not do as they are told.
#include "kernel/log.h"
#include "kernel/pci.h"
#include "kernel/time.h"
#include "member/device.hh"

namespace member {

using base::Error;

namespace {

constexpr u32 poll_us = 1000;

/// The queue's trouble, or a want of the owner's, and not this device's.
bool is_passing(const Status &status)
{
	return !status.ok() &&
	       (status.error() == Error::io || status.error() == Error::no_space);
}

} // namespace

/// Writes status 0 and waits until it reads 0.
Status Device::confirm_reset(Access &access)
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
Status Device::reset_device(Access &access)
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
		(void)kn_pci_config_read(pci_, WIRE_PCI_STATUS, 2);
		return {};
	}
	// A function reset that began in between does more than was asked.
	if (function_.break_since(access.commands.resets_before()))
		switch_off("reset not confirmed");
	return status.error() == Error::interrupted ? status : Status{};
}

/// After a function reset of a broken device: whether it is one again.
bool Device::answers_after_reset()
{
	Deadline deadline;
	Commands commands{*client_, function_, deadline};
	auto status = core::read_access(core::LegacySpace::common, WIRE_LEGACY_STATUS, 1);
	base::usize done;

	return commands.execute({&status, 1}, done).ok() && status.value == 0;
}

/// It is broken now.
void Device::switch_off(const char *why)
{
	keep_from_dma();
	if (kn_ratelimit_ok(&limit_))
		kn_warn(pci_, "%s: off until its next function reset", why);
}

} // namespace member
