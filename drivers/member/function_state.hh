// SPDX-License-Identifier: GPL-2.0-only
// Whether the function is fit for a guest.
#pragma once

#include "base/atomic.hh"

namespace member {

using base::u32;

/**
 * class FunctionState - how often the function was reset, and whether it is broken
 *
 * Both in one value, so that who finds it broken is either before a function reset, whose end
 * then sees to it, or too late: one has begun, which does more than was wanted. Context: any,
 * no locks.
 */
class FunctionState {
public:
	/// Function resets that began, ever; wraps.
	[[nodiscard]] u32 resets() const { return value_.load() / one_reset; }
	/// It did not confirm its reset: off until a function reset that helps, or reopen.
	[[nodiscard]] bool broken() const { return value_.load() & is_broken; }

	void reset_begins() { value_.add(one_reset); }

	/// It is broken, unless a reset began since there were @resets. Whether this broke it.
	bool break_since(u32 resets)
	{
		return value_.replace(resets * one_reset, resets * one_reset | is_broken);
	}

	/// It works again.
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
