// SPDX-License-Identifier: GPL-2.0-only
// One member does not complete its commands.
#pragma once

#include "base/types.hh"

namespace owner {

/// For how long a member is set aside.
constexpr base::u64 set_aside_us = 10000000;
/// A member without a time at which it recovers by itself.
constexpr base::u64 forever_us = ~base::u64{0};
/// Offences after which only a function reset or an open recovers a member.
constexpr unsigned max_offences = 2;

/**
 * class SetAside - whether a member gets no commands, because it does not complete them
 *
 * Invariant: it ends by itself set_aside_us after its last begin. After max_offences offences only
 * clear() and acquit() end it.
 *
 * All zero initially: the member is not set aside. The queue's lock protects it.
 */
class SetAside {
public:
	[[nodiscard]] bool active(base::u64 now_us) const { return until_us_ > now_us; }
	/// Times that the device stood still behind a command of the member.
	[[nodiscard]] unsigned offences() const { return offences_; }

	/// A wait for a command of the member was in vain, while others had completions.
	void begin(base::u64 now_us)
	{
		until_us_ = base::maximum(until_us_, now_us + set_aside_us);
	}
	/// The device stood still behind a command of the member.
	void offend(base::u64 now_us)
	{
		offences_++;
		until_us_ = offences_ < max_offences ? now_us + set_aside_us : forever_us;
	}
	/// Takes the last offence back. A clear() may have come before.
	void acquit()
	{
		if (!offences_)
			return;
		offences_--;
		until_us_ = 0;
	}
	/// Ends it, except after max_offences offences. Return: whether it has ended.
	bool forgive()
	{
		if (!until_us_ || offences_ >= max_offences)
			return false;
		until_us_ = 0;
		return true;
	}
	/// After a function reset, or for a new guest.
	void clear() { *this = {}; }

private:
	base::u64 until_us_; ///< no command until then (kn_now_us())
	base::u8 offences_;
};

} // namespace owner
