// SPDX-License-Identifier: GPL-2.0-only
// The commands of one access of the guest.
#pragma once

#include "core/legacy_device.hh"
#include "member/admin_client.hh"
#include "member/deadline.hh"
#include "member/function.hh"

namespace member {

using base::u32;
using base::usize;

/**
 * class Commands - the way to the device for one access, up to its deadline
 *
 * Made before it is known whether the function answers: its phase is that of this time. What
 * is learnt while a later function reset begins is then gone after it.
 */
class Commands final : public core::LegacyDevice {
public:
	/// @function is open, and not as a plain VF.
	Commands(Function &function, Deadline &deadline)
		: function_(function), phase_(function.state().phase()), deadline_(deadline)
	{
	}

	/// MSI-X is enabled by the driver itself: VFIO does not change it, and a refusal is final.
	void vectors_are_ours() { vectors_are_ours_ = true; }

	/// Begins anew after a function reset.
	void renew() { phase_ = function_.state().phase(); }

	[[nodiscard]] base::Status execute(std::span<core::Access> accesses,
					   usize &done) override;
	[[nodiscard]] core::Era era() const override;
	[[nodiscard]] u64 now_us() const override;

	[[nodiscard]] Deadline &deadline() { return deadline_; }
	/// The phase in which the access began.
	[[nodiscard]] u32 phase() const { return phase_; }

private:
	/// Tells Restart how the commands end: the device may lose the VF's state while they fail.
	base::Status submit(std::span<core::Access> accesses, usize &done)
	{
		const base::Status status = function_.client().execute(accesses, done, deadline_);

		if (status.ok())
			function_.restart().command_done();
		else if (status.error() != base::Error::invalid) // the device's answer
			function_.restart().command_failed();
		return status;
	}
	base::Status retry_vector(std::span<core::Access> accesses, usize &done);
	base::Status await_msix();

	Function &function_;
	u32 phase_;
	Deadline &deadline_;
	bool vectors_are_ours_ = false;
};

} // namespace member
