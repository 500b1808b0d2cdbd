// SPDX-License-Identifier: GPL-2.0-only
// Values of legacy registers that are known without a command.
#pragma once

#include "core/access_plan.hh"
#include "core/legacy_device.hh"
#include "core/queue_shadow.hh"

namespace core {

/// For so long after a read of the ISR status the next ones get 0 from here.
constexpr u64 isr_window_us = 1000;

/**
 * class KnownRegisters - what the registers hold, and what ends that knowledge
 *
 * Invariant: a value is known only if the device would answer with it now. A write makes the
 * registers that it may change unknown before its command, and known again after its success.
 *
 * Not locked: the caller is.
 */
class KnownRegisters {
public:
	/// After a function reset: nothing is known.
	void forget();
	/// The device may have other registers than it was told to have. It may not even know what
	/// the guest has selected, which stays known.
	void distrust();
	/// Before a reset by the guest.
	void reset_begins();
	/// After it: the device has confirmed the reset.
	void reset_confirmed();
	/// MSI-X was enabled or disabled. The vector registers come and go with it.
	void msix_changed();
	/// MSI-X was enabled again, unnoticed by the guest.
	void msix_rearmed() { vectors_refused_ = false; }
	/// A notification is over. A guest may expect an interrupt after it.
	void notified() { isr_window_ = false; }

	/// The value of the register @field, if it is known.
	[[nodiscard]] std::optional<u32> value(u16 field, const LegacyDevice &device) const;
	/// Whether the device has refused the register @field. It refuses the vector registers while
	/// MSI-X is disabled, and a guest may poll them.
	[[nodiscard]] bool refused(u16 field) const
	{
		return vectors_refused_ && field >= WIRE_LEGACY_CONFIG_VECTOR;
	}
	void refuse(u16 field)
	{
		if (field >= WIRE_LEGACY_CONFIG_VECTOR)
			vectors_refused_ = true;
	}
	/// The device answered @value. @layout: BAR0's
	void learn(u16 field, u32 value, MsixLayout layout, const LegacyDevice &device);
	/// Whether a write of @value leaves the device as it is.
	[[nodiscard]] bool changes_nothing(u16 field, u32 value) const;

	/// A write to the device begins; selections are none.
	void write_begins() { untouched_ = false; }
	/// A driver may write there before it reads the features (3.1.2), and thereby change them.
	void config_write_begins();
	void features_write_begins();
	void features_written(u32 features) { queues_.accept(features); }
	void address_write_begins();
	void address_written(u32 address);
	void status_write_begins(u8 status);
	void status_written(u8 status);
	void vector_write_begins(u16 field) { set_vector(field, std::nullopt); }
	void vector_written(u16 field, u16 vector) { set_vector(field, vector); }

	/// The queue registers.
	[[nodiscard]] QueueShadow &queues() { return queues_; }

private:
	void forget_values();
	void set_vector(u16 field, std::optional<u16> vector);

	bool untouched_ = false;     ///< no write since the confirmed reset, selections apart
	bool no_interrupts_ = false; ///< the device has no queue to interrupt for
	bool isr_window_ = false;    ///< open since isr_read_us_
	bool vectors_refused_ = false;
	u64 isr_read_us_ = 0;
	std::optional<u32> device_features_;
	std::optional<u32> driver_features_;
	std::optional<u8> status_;
	std::optional<u16> config_vector_;
	QueueShadow queues_;
};

} // namespace core
