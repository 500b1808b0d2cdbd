// SPDX-License-Identifier: GPL-2.0-only
// Where a virtio PCI function keeps its structures: the walk through its
// capabilities, virtio 1.3, 4.1.4, with every length checked.
#pragma once

#include "base/result.hh"
#include "kernel/pci.h"
#include "wire/pci_cap.hh"

namespace core {

using base::u16;
using base::u32;
using base::u64;
using base::u8;

/// A part of a BAR.
struct BarRange {
	u8 bar = 0;
	u64 offset = 0;
	u64 length = 0;

	[[nodiscard]] constexpr bool present() const { return length != 0; }
	[[nodiscard]] constexpr bool overlaps(const BarRange &other) const
	{
		return bar == other.bar && offset < other.offset + other.length &&
		       other.offset < offset + length;
	}
};

constexpr unsigned pci_bars = 6;
constexpr unsigned max_reserved_ranges = 16;

/// What the walk found; ranges are inside their BARs.
struct FunctionLayout {
	u64 bar_length[pci_bars] = {};
	BarRange common;
	BarRange notify;
	u32 notify_multiplier = 0;
	u16 msix = 0; ///< offset of the MSI-X capability, 0 if there is none
	/// Everything that must not be written as if it were a notification
	/// address: MSI-X table and PBA, and the virtio structures but notify.
	BarRange reserved[max_reserved_ranges];
	unsigned reserved_count = 0;

	[[nodiscard]] bool is_reserved(const BarRange &range) const;
	[[nodiscard]] bool contains(const BarRange &range) const;
};

/**
 * read_layout() - walk a function's capability list
 *
 * @pci: the function
 *
 * A structure that does not fit its BAR is ignored, as 4.1.4 asks; of several
 * of a type the first that fits counts. Of a vendor-specific capability of a
 * reserved type, or with the data of a vendor, only the type is read.
 *
 * Return: the layout; Error::protocol if the list itself is broken: it loops, or
 * leaves configuration space; Error::no_device if the function does not answer.
 */
[[nodiscard]] base::Result<FunctionLayout> read_layout(kn_pci *pci);

} // namespace core
