// SPDX-License-Identifier: GPL-2.0-only
// A PCI function: configuration space, BARs, capabilities.
#pragma once

#include "base/types.hh"
#include "kernel/pci.h"
#include "wire/numbers.h"

namespace fake {

using base::u16;
using base::u32;
using base::u64;
using base::u8;
using base::usize;

constexpr u16 config_bytes = 256;
constexpr u16 config_region_bytes = 4096; ///< with the extended part, which is empty

} // namespace fake

/// What kn_pci is behind the contract.
struct kn_pci {
	bool is_pf;
	bool gone;		///< reads give all ones
	bool in_d3;		///< D3hot
	bool suspended;		///< by runtime power management
	fake::u64 suspended_ns;
	bool removed;		///< for good, and the kernel knows it
	bool enabled;		///< kn_pci_enable()
	bool claimed;		///< kn_pci_claim_bars()
	bool wiped;		///< its BARs decode nothing, and it has no interrupts
	bool intx_disabled;	///< Interrupt Disable of the command register
	fake::u32 power_gets;	///< kn_pci_pm_get() not yet put
	fake::u16 vendor;
	fake::u16 device;
	fake::u64 bar_length[6]; ///< memory BARs
	bool bar_exists[6];	 ///< of any kind
	fake::u8 config[fake::config_bytes];
	fake::u16 free_config;	 ///< where the next capability goes
	fake::u16 last_capability;
	fake::u32 mappings;	 ///< kn_pci_map() and kn_vfio_map_bar() that exist
	fake::u32 config_reads;
	fake::u32 uevents;	 ///< kn_pci_uevent()

	[[nodiscard]] bool bus_master() const
	{
		return config[WIRE_PCI_COMMAND] & WIRE_PCI_COMMAND_MASTER;
	}
	void set_bus_master(bool enabled)
	{
		fake::u8 &command = config[WIRE_PCI_COMMAND];

		command = static_cast<fake::u8>(enabled ? command | WIRE_PCI_COMMAND_MASTER
							: command & ~WIRE_PCI_COMMAND_MASTER);
	}
};

namespace fake {

/// Builds capability lists, also broken ones; nothing here checks anything.
void init_function(kn_pci &function, u16 vendor, u16 device);
void put8(kn_pci &function, u16 offset, u8 value);
void put16(kn_pci &function, u16 offset, u16 value);
void put32(kn_pci &function, u16 offset, u32 value);
/// Appends a capability of @length bytes, and returns where it is.
u16 add_capability(kn_pci &function, u8 id, u8 length);
/// A virtio capability, 4.1.4; @cap_length 16 or, for notify, 20.
u16 add_virtio(kn_pci &function, u8 type, u8 bar, u32 offset, u32 size, u8 cap_length = 16,
	       u32 multiplier = 0);
/// MSI-X with so many vectors; table and PBA in a BAR.
u16 add_msix(kn_pci &function, u16 vectors, u8 table_bar, u32 table, u8 pba_bar, u32 pba);

/// Where the functions that start() makes have their structures: all in BAR 4
/// but MSI-X, which is in BAR 2. BARs 0, 1, 3 and 5 do not exist.
constexpr u8 virtio_bar = 4;
constexpr u8 msix_bar = 2;
constexpr u32 common_offset = 0x0000;
constexpr u32 isr_offset = 0x1000;
constexpr u32 device_offset = 0x2000;
constexpr u32 notify_place = 0x3000;
constexpr u32 notify_length = 0x1000;
constexpr u32 notify_multiplier = 4;
constexpr u64 virtio_bar_length = 0x8000; ///< a part has no structure in it: 0x4000 on
constexpr u64 msix_bar_length = 0x1000;
constexpr u16 msix_vectors = 4;
/// Where a member's doorbell in the owner's BAR is the default: NOTIFY_INFO says
/// so if Options tells it to.
constexpr u32 owner_doorbell(u64 member)
{
	return 0x4000 + static_cast<u32>(member) * 0x10;
}
constexpr u32 member_doorbell = 0x3000;

} // namespace fake
