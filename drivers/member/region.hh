// SPDX-License-Identifier: GPL-2.0-only
// Positions as VFIO's PCI drivers split them.
#pragma once

#include "kernel/vfio.h"

namespace member {

[[nodiscard]] constexpr u64 region_of(u64 position)
{
	return position >> KN_VFIO_OFFSET_SHIFT;
}

[[nodiscard]] constexpr u64 offset_in_region(u64 position)
{
	return position & ((u64{1} << KN_VFIO_OFFSET_SHIFT) - 1);
}

} // namespace member
