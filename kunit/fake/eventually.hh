// SPDX-License-Identifier: GPL-2.0-only
// A wait of a test or of the fake, with an end.
#pragma once

#include "kernel/time.h"

namespace fake {

/// Returns whether @holds is true within @patience_ms. Context: may sleep.
template <typename Condition>
bool eventually(Condition holds, u64 patience_ms = 1000)
{
	const u64 end = kn_now_ms() + patience_ms;

	while (!holds()) {
		if (kn_now_ms() >= end)
			return false;
		kn_sleep_us(200);
	}
	return true;
}

} // namespace fake
