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

	/// Before each open.
	void open() { vectors_kept_in_.store(0); }
	/// A register of this VF was seen to have kept its vector while MSI-X was disabled. The owner's
	/// @epoch was that before.
	void vectors_kept(u32 epoch) { vectors_kept_in_.store(epoch + 1); }
	/// Whether that was in @epoch, and in this open. A guest that uses the modern interface, too, can
	/// forge it, so it counts for no other guest.
	[[nodiscard]] bool keeps_vectors(u32 epoch) const
	{
		return vectors_kept_in_.load() == epoch + 1;
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
	base::Atomic<u32> vectors_kept_in_{0}; ///< the epoch and 1; 0: not seen
};

} // namespace member
