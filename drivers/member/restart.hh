// SPDX-License-Identifier: GPL-2.0-only
// Whether the guest's driver has to start its device anew, because the device lost the VF's state.
#pragma once

#include "base/atomic.hh"
#include "kernel/work.h"
#include "wire/numbers.h"

namespace member {

using base::u8;

/**
 * class Restart - whether the device has the status that the guest's driver wrote
 *
 * A device that lost a VF's state has status 0, where the driver wrote another one. After each event
 * that may have cost the state, a work asks for the status. If the status cannot be read then, it is
 * asked for once a command of the VF succeeds again.
 *
 * Invariant: needed() is false from a reset by the guest until the device is found without the status
 * that the guest wrote since.
 *
 * Context: any, no locks, unless a function says otherwise.
 */
class Restart {
public:
	/// @ask: the work; it calls begins() and found(). @context: its argument.
	Restart(kn_work_function ask, void *context) { kn_work_init(&work_, ask, context); }

	/// The guest's driver wrote @status, 0 for a reset that is confirmed.
	void wrote(u8 status)
	{
		if (status == 0)
			state_.store(0);
		else
			set_written(status & shown_bits);
	}
	/// The guest's driver starts a reset, which the device may not confirm.
	void resets() { set_written(0); }
	/// The reset that resets() began is confirmed.
	void reset_confirmed() { state_.store(0); }
	/// The guest knows of a reset by its VMM, or has no driver yet.
	void forget()
	{
		due_.store(false);
		wrote(0);
	}

	/// The device may have lost the state.
	void suspect()
	{
		if (!(state_.load() & shown_bits))
			return;
		due_.store(true);
		kn_work_schedule(&work_);
	}
	/// A command did not reach the device, or was not completed.
	void command_failed() { due_.store(true); }
	/// A command was completed.
	void command_done()
	{
		if (due_.load())
			suspect();
	}

	/// Before the work asks. Return: whether there is anything to ask.
	[[nodiscard]] bool begins()
	{
		due_.store(false);
		const u8 state = state_.load();
		return state != 0 && !(state & is_needed);
	}
	/// The device's @status. The guest writes none meanwhile. Return: whether the state is lost.
	[[nodiscard]] bool found(u8 status)
	{
		const u8 written = state_.load();

		// A forget() meanwhile makes the state another one.
		return (status & written) != written && state_.replace(written, written | is_needed);
	}

	[[nodiscard]] bool needed() const { return state_.load() & is_needed; }
	/// After the last event. Context: may sleep.
	void end() { kn_work_cancel(&work_); }

private:
	enum : u8 {
		/// The bits that a device may not clear by itself (2.1).
		shown_bits = WIRE_STATUS_ACKNOWLEDGE | WIRE_STATUS_DRIVER | WIRE_STATUS_DRIVER_OK,
		is_needed = 0x80, ///< no bit of them
	};
	static_assert(!(shown_bits & is_needed));

	void set_written(u8 shown)
	{
		u8 state = state_.load();

		while (!state_.replace(state, (state & is_needed) | shown))
			state = state_.load();
	}

	kn_work work_;
	base::Atomic<u8> state_{0}; ///< shown_bits that the guest wrote, and is_needed
	base::Atomic<bool> due_{false};
};

} // namespace member
