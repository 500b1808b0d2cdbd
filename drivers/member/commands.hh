// SPDX-License-Identifier: GPL-2.0-only
// The commands of one access of the guest.
#pragma once

#include "base/atomic.hh"
#include "core/legacy_device.hh"
#include "member/admin_client.hh"
#include "member/deadline.hh"

namespace member {

using base::u32;
using base::usize;

/**
 * class Commands - the way to the device for one access, up to its deadline
 *
 * Made before it is known whether the function answers: its era is that moment's. What
 * is learnt while a later function reset begins is then gone after it.
 */
class Commands final : public core::LegacyDevice {
public:
	Commands(AdminClient &client, const base::Atomic<u32> &function_resets, Deadline &deadline)
		: client_(client), function_resets_(function_resets),
		  resets_before_(function_resets.load()), deadline_(deadline)
	{
	}

	[[nodiscard]] base::Status execute(std::span<core::LegacyAccess> accesses,
					   usize &done) override;
	[[nodiscard]] core::Era era() const override;
	[[nodiscard]] u64 now_us() const override;

	[[nodiscard]] Deadline &deadline() { return deadline_; }
	/// Whether there was a function reset since.
	[[nodiscard]] bool function_was_reset() const
	{
		return function_resets_.load() != resets_before_;
	}

private:
	base::Status await_vectors(std::span<core::LegacyAccess> accesses, usize &done);

	AdminClient &client_;
	const base::Atomic<u32> &function_resets_;
	u32 resets_before_;
	Deadline &deadline_;
};

} // namespace member
