// SPDX-License-Identifier: GPL-2.0-only
// The commands of one access of the guest.
#pragma once

#include "core/legacy_device.hh"
#include "member/admin_client.hh"
#include "member/deadline.hh"
#include "member/function_state.hh"

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
	Commands(AdminClient &client, const FunctionState &function, Deadline &deadline)
		: client_(client), resets_before_(function.resets()), deadline_(deadline)
	{
	}

	[[nodiscard]] base::Status execute(std::span<core::Access> accesses,
					   usize &done) override;
	[[nodiscard]] core::Era era() const override;
	[[nodiscard]] u64 now_us() const override;

	[[nodiscard]] Deadline &deadline() { return deadline_; }
	/// Function resets before.
	[[nodiscard]] u32 resets_before() const { return resets_before_; }

private:
	base::Status await_vectors(std::span<core::Access> accesses, usize &done);

	AdminClient &client_;
	u32 resets_before_;
	Deadline &deadline_;
};

} // namespace member
