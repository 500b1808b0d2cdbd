// SPDX-License-Identifier: GPL-2.0-only
// A guest whose registers are known without a command, and whether they still are.
#pragma once

#include "kunit/support/guest.hh"

namespace support {

/// After a reset and one read of everything that can be known then. Whether that worked.
[[nodiscard]] bool start_known(Guest &guest);
/// Whether nothing is read from the device.
void expect_known(Guest &guest);
/// Whether everything is read from the device.
void expect_unknown(Guest &guest);

} // namespace support
