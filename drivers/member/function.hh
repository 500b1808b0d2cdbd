// SPDX-License-Identifier: GPL-2.0-only
// The VF as a PCI function: whether it answers, and whether it may do DMA.
#pragma once

#include "base/result.hh"
#include "kernel/log.h"
#include "kernel/pci.h"
#include "kernel/vfio.h"
#include "member/admin_client.hh"
#include "member/deadline.hh"
#include "member/function_state.hh"
#include "member/restart.hh"

namespace member {

using base::Status;
using base::u64;

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
	/// @ask and @context: see Restart.
	Function(kn_vfio *vfio, kn_work_function ask, void *context)
		: vfio_(vfio), pci_(kn_vfio_pci(vfio)), restart_(ask, context)
	{
		kn_ratelimit_init(&limit_);
	}

	[[nodiscard]] kn_vfio *vfio() const { return vfio_; }
	[[nodiscard]] kn_pci *pci() const { return pci_; }
	/// Rate limit of messages that the guest or the device can cause.
	[[nodiscard]] kn_ratelimit &limit() { return limit_; }
	/// The one of open(), if there is one.
	[[nodiscard]] AdminClient &client() const { return *client_; }
	[[nodiscard]] FunctionState &state() { return state_; }
	[[nodiscard]] const FunctionState &state() const { return state_; }
	[[nodiscard]] Restart &restart() { return restart_; }
	[[nodiscard]] const Restart &restart() const { return restart_; }

	/// Before each open. @client stays valid until the last access of that open; null for a plain
	/// VF. A function reset may be under way.
	void open(AdminClient *client)
	{
		client_ = client;
		state_.mend();
	}
	/// Whether it answers accesses of its registers while it is powered: not under reset, or
	/// broken.
	[[nodiscard]] bool works() const { return state_.works(); }
	/// Around a function reset. The caller may hold memory_lock, and no write of VFIO reaches
	/// configuration space meanwhile.
	void reset_begins() { state_.reset_begins(); }
	void reset_ends();

	/**
	 * confirm_reset() - find out whether a function reset has mended a broken function
	 * @deadline: of the access that needs to know
	 *
	 * Asks the device for its status once after each function reset. A device that does not
	 * answer is asked again by the next access. The end of the function reset itself cannot
	 * ask: VFIO may hold memory_lock then, for as long as the device takes.
	 *
	 * Context: may sleep. Return: works().
	 */
	bool confirm_reset(Deadline &deadline);

	/// What an access needs to know of the power state.
	struct Power {
		bool on;
		u64 suspended_ns; ///< in runtime suspend, ever
	};
	/// Context: with the runtime power management of the function held.
	[[nodiscard]] Power power() const
	{
		Power power;

		power.on = kn_pci_power(pci_, &power.suspended_ns);
		return power;
	}
	/**
	 * observe_power() - begin a phase if the function is in D3hot
	 *
	 * The function may lose its registers there (PCI Power Management 1.2, 5.4.1). To be
	 * called after each write of configuration space, by which alone a guest enters D3hot; and
	 * before such a write and each ioctl, which may end it before the write that entered it
	 * returns.
	 */
	void observe_power()
	{
		if (!kn_pci_powered(pci_))
			state_.registers_lost();
	}

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
	/// Disables bus mastering of a broken function. Context: may sleep; resumes the function;
	/// takes memory_lock.
	void keep_from_dma();

	/// The device did not confirm the guest's reset, which began in @phase. Breaks the function.
	/// Context: may sleep; takes memory_lock, so returns after a running VFIO_DEVICE_RESET.
	void reset_failed(base::u32 phase);

private:
	/// Needs kn_vfio_command_lock(), so that no bit that VFIO's user writes is lost.
	void change_master(bool enable);

	kn_vfio *vfio_;
	kn_pci *pci_;
	kn_ratelimit limit_;
	AdminClient *client_ = nullptr; ///< while open and not plain
	FunctionState state_;
	Restart restart_;
};

} // namespace member
