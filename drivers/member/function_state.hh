// SPDX-License-Identifier: GPL-2.0-only
// Whether the function is fit for a guest.
#pragma once

#include "base/atomic.hh"

namespace member {

using base::u32;

/**
 * class FunctionState - how often the function was reset, and whether it is broken
 *
 * Invariant: the reset count and the flags share one atomic word, so break_since() fails if a
 * function reset started after the caller sampled the count. That reset does more than the caller
 * wanted. A broken function is unconfirmed from the end of a function reset until the device has
 * answered whether it is reset.
 *
 * Context: any, no locks.
 */
class FunctionState {
public:
	/// Function resets that began, ever; wraps.
	[[nodiscard]] u32 resets() const { return value_.load() / one_reset; }
	/// The device did not confirm its reset: off until a function reset that helps, or an open.
	[[nodiscard]] bool broken() const { return value_.load() & is_broken; }
	/// Broken, and a function reset ended since: confirm() is due.
	[[nodiscard]] bool unconfirmed() const { return value_.load() & is_unconfirmed; }

	void reset_begins() { value_.add(one_reset); }
	/// A function reset may have failed. So a broken function stays so, unconfirmed.
	void reset_ends()
	{
		u32 value = value_.load();

		while (value & is_broken && !value_.replace(value, value | is_unconfirmed))
			value = value_.load();
	}

	/// Sets broken, unless a reset began since there were @resets. Return: whether it was set.
	bool break_since(u32 resets)
	{
		return value_.replace(resets * one_reset, resets * one_reset | is_broken);
	}

	/// The device of an unconfirmed function answered: whether it @is_reset. No effect if a
	/// reset began since there were @resets, or if another caller was quicker.
	void confirm(u32 resets, bool is_reset)
	{
		const u32 value = resets * one_reset;

		(void)value_.replace(value | is_broken | is_unconfirmed,
				     is_reset ? value : value | is_broken);
	}

	/// Clears broken.
	void mend()
	{
		u32 value = value_.load();

		while (!value_.replace(value, value & ~(is_broken | is_unconfirmed)))
			value = value_.load();
	}

private:
	enum : u32 { is_broken = 1, is_unconfirmed = 2, one_reset = 4 };

	base::Atomic<u32> value_{0};
};

} // namespace member
