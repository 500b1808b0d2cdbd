// SPDX-License-Identifier: GPL-2.0-only
// What sysfs shows of INTx: it may be read while the VF is closed.
#pragma once

#include "base/atomic.hh"

namespace member {

/// Context: any.
struct IntxCounts {
	enum class State : base::u8 { closed, off, idle, armed, given_up };

	base::Atomic<base::u64> interrupts; ///< from the device
	base::Atomic<base::u64> signals;    ///< of the VMM's eventfd
	base::Atomic<base::u32> failures;   ///< vectors that could not be had or mapped
	base::Atomic<base::u8> vectors;     ///< of the host, now
	base::Atomic<State> state;
};

} // namespace member
