// SPDX-License-Identifier: GPL-2.0-only
// The capabilities that say where a virtio function's structures are:
// virtio 1.3, 4.1.4. Read field by field from configuration space, so these are
// offsets and not a struct.
#pragma once

#include "base/types.hh"
#include "wire/numbers.h"

namespace wire::pci_cap {

constexpr base::u16 length = 2;
constexpr base::u16 type = 3;
constexpr base::u16 bar = 4;
constexpr base::u16 offset = 8;
constexpr base::u16 size = 12;
constexpr base::u16 notify_multiplier = 16; // of a notify capability
constexpr base::u16 offset_high = 16;	     // of a 64-bit capability (4.1.4.7)
constexpr base::u16 size_high = 20;

} // namespace wire::pci_cap
