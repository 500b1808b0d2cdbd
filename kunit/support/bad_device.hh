// SPDX-License-Identifier: GPL-2.0-only
// A guest on a device that answers badly: what it reads, in how much time, and
// whether all is well afterwards.
#pragma once

#include "kunit/support/guest.hh"

namespace support {

constexpr u32 painted_features = 0x13121110;
constexpr u32 all_ones = 0xffffffff;

/// A guest that runs, on registers that tell all bytes apart, with a command for every
/// access unless @rules are on. Whether it does.
[[nodiscard]] bool start_painted(Guest &guest, bool rules = false);

/// A device that is good again answers.
void expect_good(Guest &guest);

/// What an IN of the features gives when the device answers as @rule says; its
/// time is bounded.
[[nodiscard]] u32 read_with(Guest &guest, const fake::Rule &rule);

/// Likewise, when the device answers too late or never.
[[nodiscard]] u32 read_in_vain(Guest &guest, const fake::Rule &rule);

} // namespace support
