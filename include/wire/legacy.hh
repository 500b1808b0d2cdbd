// SPDX-License-Identifier: GPL-2.0-only
// The registers at the start of a legacy device's BAR0: virtio 1.3, 4.1.4.10.
#pragma once

#include "base/types.hh"
#include "wire/device_config.hh"
#include "wire/numbers.h"

namespace wire {

enum class Writable : bool { no, yes };

struct LegacyRegister {
	Field field;
	Writable writable;
};

/// In the order of their offsets, without holes. The last two are part of this
/// structure only while MSI-X is enabled; else device configuration starts there.
constexpr LegacyRegister legacy_registers[] = {
	{{WIRE_LEGACY_DEVICE_FEATURES, 4}, Writable::no},
	{{WIRE_LEGACY_DRIVER_FEATURES, 4}, Writable::yes},
	{{WIRE_LEGACY_QUEUE_ADDRESS, 4}, Writable::yes},
	{{WIRE_LEGACY_QUEUE_SIZE, 2}, Writable::no},
	{{WIRE_LEGACY_QUEUE_SELECT, 2}, Writable::yes},
	{{WIRE_LEGACY_QUEUE_NOTIFY, 2}, Writable::yes},
	{{WIRE_LEGACY_STATUS, 1}, Writable::yes},
	{{WIRE_LEGACY_ISR, 1}, Writable::no},
	{{WIRE_LEGACY_CONFIG_VECTOR, 2}, Writable::yes},
	{{WIRE_LEGACY_QUEUE_VECTOR, 2}, Writable::yes},
};

} // namespace wire
