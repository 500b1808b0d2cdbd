// SPDX-License-Identifier: GPL-2.0-only
// Units of time in the owner.
#pragma once

#include "base/types.hh"

namespace owner {

/// Times of the queue are in microseconds, deadlines and limits in milliseconds.
constexpr base::u64 us_per_ms = 1000;

} // namespace owner
