// SPDX-License-Identifier: GPL-2.0-only
// Hides a function's virtio structures (virtio 1.3, 4.1.4) from a guest: its
// capability list (PCI 3.0, 6.7) without the vendor-specific capabilities.
#pragma once

#include "base/result.hh"
#include "wire/numbers.h"

namespace core {

using base::Bytes;
using base::ConstBytes;
using base::u16;
using base::u32;
using base::u64;
using base::u8;
using base::usize;

/// Bytes of configuration space that the list can reach; extended capabilities
/// lie behind them.
constexpr u16 capability_space = 256;

/**
 * class CapabilityMask - what differs from the function's own list
 *
 * A hidden capability reads 0 and swallows writes: one of them is a window into
 * the BARs. All other capabilities stay where they are. Hides nothing until told.
 */
class CapabilityMask {
public:
	/// Shows the list as it is.
	void clear() { *this = CapabilityMask{}; }

	/**
	 * hide_virtio() - leave the virtio structures out
	 * @space: the first 256 bytes of configuration space, as shown without us
	 *
	 * Return: Error::protocol if the list loops or leaves the space; then
	 * nothing is hidden.
	 */
	[[nodiscard]] base::Status hide_virtio(ConstBytes space);

	/// Whether anything is hidden.
	[[nodiscard]] bool active() const { return active_; }

	/// Changes @data, read at @offset, into what the guest sees.
	void overlay(u32 offset, Bytes data) const;

	/// A start of an access whose bytes are all hidden, or all not.
	struct Run {
		usize length;
		bool hidden;
	};
	/// The longest one of an access of @size bytes, 1 or more, at @offset.
	[[nodiscard]] Run first_run(u64 offset, usize size) const;

private:
	[[nodiscard]] bool hides(u64 offset) const
	{
		return offset < capability_space && (hidden_ >> (offset / 4) & 1);
	}
	void hide(u16 at, u32 length, u64 kept);

	u64 hidden_ = 0;	///< bit n: bytes 4n to 4n + 3
	u8 link_[capability_space / 4] = {};	///< where the kept capability there leads, if active
	u8 head_ = 0;
	bool active_ = false;
};

} // namespace core
