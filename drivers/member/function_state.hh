// SPDX-License-Identifier: GPL-2.0-only
// Whether the function is fit for a guest.
#pragma once

#include "base/atomic.hh"

namespace member {

using base::u32;

/**
 * class FunctionState - how often the function was reset, and whether it is broken
 *
 * Invariant: the reset count and the broken flag share one atomic word, so break_since() fails if
 * a function reset started after the caller sampled the count. That reset does more than the
 * caller wanted.
 *
 * Context: any, no locks.
 */
class FunctionState {
public:
	/// Function resets that began, ever; wraps.
	[[nodiscard]] u32 resets() const { return value_.load() / one_reset; }
	/// The device did not confirm its reset: off until a function reset that helps, or an open.
	[[nodiscard]] bool broken() const { return value_.load() & is_broken; }

	void reset_begins() { value_.add(one_reset); }

	/// Sets broken, unless a reset began since there were @resets. Return: whether it was set.
	bool break_since(u32 resets)
	{
		return value_.replace(resets * one_reset, resets * one_reset | is_broken);
	}

	/// Clears broken.
	void mend()
	{
		u32 value = value_.load();

		while (!value_.replace(value, value & ~is_broken))
			value = value_.load();
	}

private:
	enum : u32 { is_broken = 1, one_reset = 2 };

	base::Atomic<u32> value_{0};
};

} // namespace member
