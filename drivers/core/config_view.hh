// SPDX-License-Identifier: GPL-2.0-only
// The guest's view of a member's PCI configuration space: virtio 1.3, 4.1.2.1
// (identity of a transitional device) and PCI 3.0, 6.2.5.1 (base addresses).
#pragma once

#include "base/atomic.hh"
#include "core/access_plan.hh"

namespace core {

/// Bytes from the start of configuration space that the view can change.
constexpr u16 config_view_reach = 0x40;

/// What the view shows of interrupts.
struct InterruptView {
	bool offered = false; ///< INTx; if not, all of it is the VF's own
	bool pending = false; ///< ISR Status is not 0
	bool msix = false;    ///< the guest has MSI-X enabled, as far as is known
};

/**
 * class ConfigView - what differs from the VF's own configuration space
 *
 * Device id, revision, subsystem, the I/O enable bit and BAR0; with INTx also Interrupt Pin,
 * Interrupt Status, and the guest's bits of MSI-X's Message Control. All other bytes are the
 * VF's. Accesses may have any offset and width. Concurrent calls are
 * allowed; each state is one atomic word.
 */
class ConfigView {
public:
	/// @msix: offset of the VF's MSI-X capability, 0 if it has none.
	ConfigView(const DeviceType &type, u16 msix) : type_(type), msix_(msix) {}

	/// Before every open: as after power-on.
	void reset();

	/// After a function reset. The kernel has restored the command register, and
	/// vfio-pci keeps enable bits and BARs: so do we. MSI-X is VFIO's to tell anew,
	/// because VMMs switch it off by ioctl before they reset.
	void function_reset() { forget_msix(); }

	/// The guest's MSI-X enable bit may be of a guest that is gone: VFIO's counts.
	void forget_msix() { msix_state_.store(Msix::unknown); }

	/// Changes @data, read from the VF at @offset, into what the guest sees.
	void overlay(u16 offset, Bytes data, const InterruptView &interrupt) const;

	/// Takes note of what the guest wrote at @offset.
	void written(u16 offset, ConstBytes data);

	/// Whether the guest has I/O decoding on.
	[[nodiscard]] bool io_enabled() const { return io_enabled_.load(); }
	/// Whether the guest has disabled INTx.
	[[nodiscard]] bool interrupt_disabled() const { return interrupt_disabled_.load(); }
	/// Offset of MSI-X's Message Control, 0 if there is none.
	[[nodiscard]] u16 msix_control() const
	{
		return msix_ ? static_cast<u16>(msix_ + WIRE_MSIX_CONTROL) : u16{0};
	}

	/// The guest's MSI-X enable bit, if the VMM forwards writes to it.
	[[nodiscard]] std::optional<MsixLayout> msix() const
	{
		switch (msix_state_.load()) {
		case Msix::disabled:
			return MsixLayout::disabled;
		case Msix::enabled:
			return MsixLayout::enabled;
		case Msix::unknown:
			break;
		}
		return std::nullopt;
	}
	/// How often it changed.
	[[nodiscard]] u32 msix_switches() const { return msix_switches_.load(); }

private:
	enum class Msix : u8 { unknown, disabled, enabled };

	[[nodiscard]] u32 bar_value() const;
	void overlay_interrupt(u16 offset, Bytes data, const InterruptView &interrupt) const;
	void control_written(u8 high);

	const DeviceType &type_;
	u16 msix_;
	base::Atomic<bool> io_enabled_{false};
	base::Atomic<bool> interrupt_disabled_{false};
	base::Atomic<bool> msix_masked_{false};
	base::Atomic<u32> bar_{0};
	base::Atomic<Msix> msix_state_{Msix::unknown};
	base::Atomic<u32> msix_switches_{0};
};

} // namespace core
