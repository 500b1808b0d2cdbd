// SPDX-License-Identifier: GPL-2.0-only
// What a suite of one part of the queue needs around it. With the fake device it is the fake's
// (part.cc); in a program of that part alone it is kunit/host/alone.cc's.
#pragma once

#include "kernel/pci.h"

namespace support {

/// A function whose device shares memory.
[[nodiscard]] kn_pci *part_function();

/// The device's view of shared memory at the device address @address.
[[nodiscard]] base::u8 *device_view(base::u64 address);

} // namespace support
