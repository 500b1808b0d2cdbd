// SPDX-License-Identifier: GPL-2.0-only
// The owner's function and its registers: virtio 1.3, 4.1.4.3 "Common configuration structure".
#pragma once

#include "base/atomic.hh"
#include "base/result.hh"
#include "core/function_layout.hh"
#include "kernel/mmio.h"
#include "kernel/pci.h"

namespace owner {

using base::Status;

/// What the registers of a function show.
enum class Health : u8 {
	works,
	needs_reset, ///< DEVICE_NEEDS_RESET
	unreachable, ///< they read ones
};

/**
 * class Transport - one function: its mapping, its status, its features
 *
 * Invariant: every wait for a register has a deadline. A device that is gone or cut off ends the
 * wait, and so does end_operations(). No function selects a queue: class QueueRegisters does.
 */
class Transport {
public:
	explicit Transport(kn_pci *pci) : pci_(pci) {}

	/**
	 * map() - find and map the structures
	 *
	 * Return: success; Error::protocol for a bad capability list;
	 * Error::not_supported if the common configuration has no admin queue
	 * registers; Error::no_memory.
	 */
	Status map();
	void unmap();

	[[nodiscard]] bool mapped() const { return common_ != nullptr; }
	[[nodiscard]] const core::FunctionLayout &layout() const { return layout_; }
	/// The common configuration structure, null unless mapped().
	[[nodiscard]] kn_mmio *common() const { return common_; }

	/// Keeps a copy of the function's configuration, for restore().
	Status save();
	/// A PCI error cut the function off, and its cure may wipe the configuration:
	/// waits for the device end. Context: any; does not touch the function.
	void cut_off() { cut_off_.store(true); }
	/// Ends the waits of operations that are under way, because another one must not wait for
	/// them. Context: any.
	void end_operations() { operation_.add(1); }
	/// Whether cut_off() was called after the last restore(). Context: any.
	[[nodiscard]] bool is_cut_off() const { return cut_off_.load(); }
	/// If it was cut off: gives it its configuration back. Context: may sleep.
	void restore();

	/// Whether not even the function's configuration space answers any more.
	[[nodiscard]] bool gone() const;
	/// Reads the status.
	[[nodiscard]] Health health() const;

	[[nodiscard]] u8 status() const;
	/// Sets bits of the device status and keeps the others: a driver must not clear any, and
	/// DEVICE_NEEDS_RESET is the device's (2.1.1). Does nothing if the function does not answer.
	void add_status(u8 bits);
	/// Writes status 0 and waits until the device confirms it (4.1.4.3.2).
	Status reset(u64 deadline);
	/// Sets FAILED: the driver gives up on the device until its next reset (2.1). Does nothing
	/// if the function is not mapped or is cut off, and while a reset is not confirmed, because
	/// the next write must wait for that. Context: any.
	void give_up();

	[[nodiscard]] u64 device_features();
	void set_driver_features(u64 features);

	/// Whether the last reset() was confirmed. Before that, nothing else may be written
	/// (4.1.4.3.2).
	[[nodiscard]] bool is_reset_confirmed() const { return reset_.load(); }

	/// Maps configuration changes to @vector (4.1.5.1.2). Return: whether the device accepted it.
	[[nodiscard]] bool set_config_vector(u16 vector);

	/**
	 * poll() - wait for a register of the function
	 * @deadline: of the wait (kn_now_ms())
	 * @done: reads the register, and returns whether the wait is over
	 *
	 * Context: may sleep. Return: success; Error::timed_out; Error::io if the function is cut
	 * off, or end_operations() was called; Error::no_device if the function does not answer.
	 */
	template <typename Done>
	Status poll(u64 deadline, Done done)
	{
		Wait wait = {.deadline = deadline, .operation = operation_.load()};

		while (!done())
			TRY(pause(wait));
		return {};
	}

private:
	/// One call of poll().
	struct Wait {
		u64 deadline;
		u32 operation;	 ///< operation_ at its begin
		u64 ones_ms = 0; ///< since when the registers read ones; 0: they do not
	};

	Status pause(Wait &wait);

	kn_pci *pci_;
	core::FunctionLayout layout_;
	kn_pci_config *config_ = nullptr;
	base::Atomic<bool> cut_off_{false};
	base::Atomic<u32> operation_{0}; ///< changes with end_operations()
	base::Atomic<bool> reset_{false}; ///< the last reset is confirmed
	kn_mmio *common_ = nullptr;
};

} // namespace owner
