// SPDX-License-Identifier: GPL-2.0-only
// How a member's legacy registers are reached: through virtio_owner or through
// the kernel's own virtio-pci.
#pragma once

#include "core/function_layout.hh"
#include "core/legacy_device.hh"
#include "member/deadline.hh"
#include "owner/owner.h"

namespace member {

using base::Bytes;
using base::Status;
using base::u16;
using base::u64;

/// The outcome of an access of the guest whose commands ended with @status. Only Error::interrupted
/// ends an access, because neither the guest nor the device can cause it.
[[nodiscard]] constexpr Status guest_outcome(const Status &status)
{
	return !status.ok() && status.error() == base::Error::interrupted ? status : Status{};
}

/**
 * class AdminClient - the admin commands of one member
 *
 * Contexts and errors are those of the functions of the same names in include/owner/owner.h.
 * Functions that wait for a command give up at their deadline.
 */
class AdminClient {
public:
	/// Whose admin queue it is, for sysfs.
	[[nodiscard]] virtual const char *name() const = 0;

	/// @at_risk: called with @context until close(), as of virtio_owner_open(). May be null.
	[[nodiscard]] virtual Status open(virtio_owner_callback at_risk, void *context) = 0;
	virtual void close() = 0;
	[[nodiscard]] virtual Status quiesce() = 0;
	virtual void resume() = 0;

	/// As core::LegacyDevice::execute().
	[[nodiscard]] virtual Status execute(std::span<core::Access> accesses, base::usize &done,
					     Deadline &deadline) = 0;
	/// Another one after a reset that it knows of.
	[[nodiscard]] virtual base::u32 epoch() const = 0;
	/// Fills @entries with the raw entries.
	[[nodiscard]] virtual Status notify_info(Bytes entries, u64 deadline) = 0;

	/// Doorbells in the PF's BARs; whether it is this member's now.
	[[nodiscard]] virtual bool claim_doorbell(const core::BarRange &address) = 0;
	virtual void ring_doorbell(u16 queue) = 0;

	virtual void stats(virtio_owner_stats &stats) const = 0;

protected:
	~AdminClient() = default;
};

} // namespace member
