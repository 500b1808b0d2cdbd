// SPDX-License-Identifier: GPL-2.0-only
// The guest's interrupts, as far as registers depend on them.
#pragma once

#include "member/config_space.hh"

namespace member {

/**
 * class Interrupts - whether MSI-X is enabled
 *
 * Invariant: the guest's own enable bit counts, if the VMM forwards it; else what VFIO was told.
 * VFIO may disable MSI-X for a moment while it changes vectors, the guest does not see that.
 *
 * Context: any, no locks.
 */
class Interrupts {
public:
	Interrupts(const Function &function, const ConfigSpace &config)
		: function_(function), config_(config)
	{
	}

	/**
	 * sample() - look at VFIO's MSI-X
	 *
	 * To be called before and after each ioctl: MSI-X changes by no other call.
	 *
	 * Return: whether it is enabled, and was disabled at the call before.
	 */
	[[nodiscard]] bool sample()
	{
		const bool enabled = kn_vfio_msix_enabled(function_.vfio());
		const bool lapsed = lapsed_.exchange(!enabled);

		if (!enabled && !lapsed)
			vector_written_.store(false);
		return lapsed && enabled;
	}

	/// A write of a vector register by the guest is over, whatever came of it.
	void vector_written() { vector_written_.store(true); }
	/// Whether such a write ended after a sample had found MSI-X disabled.
	[[nodiscard]] bool vector_written_since_lapse() const { return vector_written_.load(); }

	/// The layout of BAR0 that follows from it.
	[[nodiscard]] core::MsixLayout layout() const
	{
		if (const auto seen = config_.msix())
			return *seen;
		return kn_vfio_msix_enabled(function_.vfio()) ? core::MsixLayout::enabled
							      : core::MsixLayout::disabled;
	}
	/// How often the guest changed its enable bit.
	[[nodiscard]] u32 switches() const { return config_.msix_switches(); }

private:
	const Function &function_;
	const ConfigSpace &config_;
	base::Atomic<bool> lapsed_{false}; ///< disabled at the last sample
	base::Atomic<bool> vector_written_{false};
};

} // namespace member
