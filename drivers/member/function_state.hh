// SPDX-License-Identifier: GPL-2.0-only
// Function resets, and whether the function is fit for a guest.
#pragma once

#include "base/atomic.hh"

namespace member {

using base::u32;

/**
 * class FunctionState - function resets, and whether the function is broken
 *
 * A phase is the time between a begin and an end of a function reset, or between an end and the
 * next begin. The number of a phase is odd while the function is under reset. A low-power state that
 * is seen counts as two phases.
 *
 * Invariant: the phase and the flags share one atomic word, so that a flag is set or cleared in the
 * phase that it is meant for. A broken function is unconfirmed from the end of a function reset
 * until the device has answered whether it is reset.
 *
 * Context: any, no locks. Function resets themselves are serialized by the VF's device lock.
 */
class FunctionState {
public:
	/// Number of the phase; wraps.
	[[nodiscard]] u32 phase() const { return value_.load() / one_phase; }
	[[nodiscard]] bool resetting() const { return value_.load() & one_phase; }
	/// The device did not confirm its reset: off until a function reset that helps, or an open.
	[[nodiscard]] bool broken() const { return value_.load() & is_broken; }
	/// Broken, and a function reset ended since: confirm() is due.
	[[nodiscard]] bool unconfirmed() const { return value_.load() & is_unconfirmed; }
	/// Neither broken nor under reset.
	[[nodiscard]] bool works() const { return !(value_.load() & (is_broken | one_phase)); }

	/// Function resets that have begun: wraps. In a new phase, a reset that began is counted.
	[[nodiscard]] u32 resets() const { return resets_.load(); }
	/// Whether it is still in the phase @old, and no function reset is under way.
	[[nodiscard]] bool stays_in(u32 old) const { return phase() == old && !(old & 1); }

	void reset_begins()
	{
		resets_.add(1);
		change([](u32 value) { return value + (value & one_phase ? 2 : 1) * one_phase; });
	}
	/// A function reset may have failed. So a broken function stays so, unconfirmed.
	void reset_ends()
	{
		change([](u32 value) {
			const u32 next = value + (value & one_phase ? 1 : 2) * one_phase;
			return next & is_broken ? next | is_unconfirmed : next;
		});
	}

	/// In a low-power state, which is like a function reset that has ended.
	void registers_lost()
	{
		change([](u32 value) { return value + 2 * one_phase; });
	}

	/// Sets broken. If a function reset ended since @phase, which may have reset the device, the
	/// function is unconfirmed, too. A function reset that has only begun ends later.
	void break_since(u32 phase)
	{
		change([phase](u32 value) {
			const bool ended = value / (2 * one_phase) != phase / 2;
			return value | is_broken | (ended ? is_unconfirmed : 0u);
		});
	}

	/// The device of an unconfirmed function answered: whether it @is_reset. No effect after
	/// @phase, or if another caller was quicker.
	void confirm(u32 phase, bool is_reset)
	{
		const u32 value = phase * one_phase;

		(void)value_.replace(value | is_broken | is_unconfirmed,
				     is_reset ? value : value | is_broken);
	}

	/// Clears broken.
	void mend()
	{
		change([](u32 value) { return value & ~(is_broken | is_unconfirmed); });
	}

private:
	enum : u32 { is_broken = 1, is_unconfirmed = 2, one_phase = 4 };

	template <typename Next>
	void change(Next next)
	{
		u32 value = value_.load();

		while (!value_.replace(value, next(value)))
			value = value_.load();
	}

	base::Atomic<u32> value_{0};
	base::Atomic<u32> resets_{0};
};

} // namespace member
