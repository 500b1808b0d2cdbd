// SPDX-License-Identifier: GPL-2.0-only
// The interrupt line of a function that has message interrupts alone.
#pragma once

#include "base/types.hh"
#include "wire/numbers.h"

namespace core {

using base::u32;
using base::u8;

/**
 * class IntxLine - ISR Status (virtio 1.3, 4.1.4.5), and when to signal it
 *
 * A signal masks the line, as VFIO's INTx does, until the VMM unmasks it at the guest's end of interrupt.
 * The line is *armed* while the device has the driver's vectors: without, ISR Status is the device's own.
 * Function resets end that, so their count, @resets, is a part of it.
 *
 * Invariant: while ISR Status is not 0 and nothing keeps the line from signalling, it is masked: a signal
 * is under way. So no interrupt is lost, and each end of interrupt signals at most once.
 *
 * Not locked: the caller is. A function that returns bool returns whether to signal now.
 */
class IntxLine {
public:
	/// The VMM listens, or no longer does.
	[[nodiscard]] bool listen(bool listens, u32 resets)
	{
		listened_ = listens;
		return fire(resets);
	}
	/// The VMM switches INTx on: no signal is under way.
	void unmasked() { masked_ = false; }

	/// From now on events are ISR Status.
	void arm(u32 resets)
	{
		if (!armed(resets))
			isr_ = 0;
		armed_ = true;
		armed_resets_ = resets;
	}
	void disarm() { armed_ = false; }
	[[nodiscard]] bool armed(u32 resets) const { return armed_ && resets == armed_resets_; }

	/// The device sent an interrupt. @bits: WIRE_ISR_*.
	[[nodiscard]] bool event(u8 bits, u32 resets)
	{
		if (!armed(resets))
			return false;
		isr_ = static_cast<u8>(isr_ | bits);
		return fire(resets);
	}
	/// The guest reads it, which clears it. It does not unmask the line: that comes with the end of
	/// interrupt.
	[[nodiscard]] u8 read_isr(u32 resets)
	{
		const u8 value = isr(resets);

		isr_ = 0;
		return value;
	}
	[[nodiscard]] u8 isr(u32 resets) const { return armed(resets) ? isr_ : u8{0}; }

	void mask() { masked_ = true; }
	[[nodiscard]] bool unmask(u32 resets)
	{
		masked_ = false;
		return fire(resets);
	}
	/// Interrupt Disable of the guest's command register.
	[[nodiscard]] bool set_disabled(bool disabled, u32 resets)
	{
		disabled_ = disabled;
		return fire(resets);
	}
	[[nodiscard]] bool disabled() const { return disabled_; }

private:
	bool fire(u32 resets)
	{
		if (!listened_ || masked_ || disabled_ || isr(resets) == 0)
			return false;
		masked_ = true;
		return true;
	}

	u32 armed_resets_ = 0;
	u8 isr_ = 0;
	bool listened_ = false;
	bool masked_ = false;
	bool disabled_ = false;
	bool armed_ = false;
};

} // namespace core
