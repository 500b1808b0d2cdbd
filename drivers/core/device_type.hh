// SPDX-License-Identifier: GPL-2.0-only
// The types that have a transitional identity: virtio 1.3, 4.1.2.1 and 5.
#pragma once

#include "base/types.hh"
#include "wire/device_config.hh"

namespace core {

using base::u16;

/// One transitional type: an entry of WIRE_TRANSITIONAL_TYPES in wire/numbers.h.
struct DeviceType {
	u16 virtio_id;
	u16 transitional_id; ///< PCI device id of the transitional device
	const char *name;
	std::span<const wire::Field> fields; ///< of its device configuration

	/// PCI device id of the non-transitional device.
	[[nodiscard]] constexpr u16 modern_id() const
	{
		return static_cast<u16>(WIRE_PCI_MODERN_BASE + virtio_id);
	}
	/// Bytes of device configuration.
	[[nodiscard]] constexpr u16 config_length() const
	{
		if (fields.empty())
			return 0;
		return static_cast<u16>(fields.back().offset + fields.back().width);
	}
	/// Bytes of the I/O BAR: the power of two that holds the registers with
	/// MSI-X enabled and the device configuration.
	[[nodiscard]] constexpr u16 bar_size() const
	{
		return std::bit_ceil(
			static_cast<u16>(WIRE_LEGACY_COMMON_SIZE_MSIX + config_length()));
	}
};

/// All transitional types.
[[nodiscard]] std::span<const DeviceType> device_types();

/// The type of a VF with this vendor and device id, or null if it has no transitional identity. A VF
/// may have either id of its type (virtio 1.4, 4.1.2.1): only its owner should have the
/// non-transitional one (2.12.1.1).
[[nodiscard]] const DeviceType *find_device_type(u16 vendor, u16 device);

} // namespace core
