// SPDX-License-Identifier: GPL-2.0-only
// The VF as a PCI function: whether it answers, and whether it may do DMA.
#pragma once

#include "base/result.hh"
#include "kernel/log.h"
#include "kernel/pci.h"
#include "kernel/vfio.h"
#include "member/function_state.hh"

namespace member {

using base::Status;

/**
 * class Function - state of the function that all parts of a VF look at
 *
 * Invariant: while the function is broken, all that may set Bus Master Enable is followed by a call
 * that clears it.
 *
 * Locks: none; the state is atomic, because function resets come with VFIO's memory_lock held.
 */
class Function {
public:
	explicit Function(kn_vfio *vfio) : vfio_(vfio), pci_(kn_vfio_pci(vfio))
	{
		kn_ratelimit_init(&limit_);
	}

	[[nodiscard]] kn_vfio *vfio() const { return vfio_; }
	[[nodiscard]] kn_pci *pci() const { return pci_; }
	/// Rate limit of messages that the guest or the device can cause.
	[[nodiscard]] kn_ratelimit &limit() { return limit_; }
	[[nodiscard]] FunctionState &state() { return state_; }

	/// Before each open: works, and is not under reset.
	void open();
	/// Whether it answers accesses of its registers: not in D3hot, under reset, or broken.
	[[nodiscard]] bool answers() const
	{
		return kn_pci_powered(pci_) && !resetting_.load() && !state_.broken();
	}
	/// Around a function reset.
	void reset_begins();
	void reset_ends() { resetting_.store(false); }

	/// Before what may end D3hot: the function may come back as if from a reset (PCI Power
	/// Management 1.2, 5.4.1), so this counts before it answers again.
	void may_wake()
	{
		if (!kn_pci_powered(pci_))
			wakes_.add(1);
	}
	[[nodiscard]] base::u32 wakes() const { return wakes_.load(); }

	/**
	 * enable_master() - enable bus mastering for a guest that sets up a queue
	 *
	 * Old drivers do not (Linux before 2.6.34, NetBSD up to 7, Solo5), and transitional devices
	 * of QEMU enable it at status 3. Some of those drivers never write 3, but all write an
	 * address. A guest that clears the bit later is obeyed until its next address.
	 *
	 * Context: may sleep; takes memory_lock. Return: success, or Error::interrupted.
	 */
	Status enable_master();
	/// Disables bus mastering of a broken function. Context: may sleep; takes memory_lock.
	void keep_from_dma();
	/// As keep_from_dma(), at the end of a function reset. The caller may hold memory_lock, and
	/// no write of VFIO reaches configuration space meanwhile.
	void keep_from_dma_in_reset();

	/// The device did not confirm its reset. Breaks the function, unless a function reset began
	/// since there were @resets: that one does more than was asked.
	void reset_failed(base::u32 resets);

private:
	/// Needs kn_vfio_command_lock(), so that no bit that VFIO's user writes is lost.
	void change_master(bool enable);

	kn_vfio *vfio_;
	kn_pci *pci_;
	kn_ratelimit limit_;
	FunctionState state_;
	base::Atomic<base::u32> wakes_{0};
	base::Atomic<bool> resetting_{false};
};

} // namespace member
