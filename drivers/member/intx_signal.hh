// SPDX-License-Identifier: GPL-2.0-only
// The emulated interrupt line, and the eventfds by which the VMM follows it.
#pragma once

#include "core/intx_line.hh"
#include "core/lock_guard.hh"
#include "kernel/event.h"
#include "member/function.hh"
#include "member/intx_counts.hh"

namespace member {

/**
 * class IntxSignal - core::IntxLine of a function, with its eventfds
 *
 * Invariant: an eventfd is signalled without locks, and put when nothing signals it any more.
 *
 * Locks: lock_, a leaf. Functions that change eventfds are serialized by their caller, by a lock that
 * none of the callbacks takes.
 */
class IntxSignal {
public:
	IntxSignal(const Function &function, IntxCounts &counts);

	/// Context: any.
	[[nodiscard]] bool armed() const;
	[[nodiscard]] bool pending() const;
	[[nodiscard]] base::u8 read_isr();
	void event(base::u8 bits);
	/// @resets: FunctionState::resets() from before the vectors were looked at.
	void arm(base::u32 resets);
	void disarm();

	/// Signals @trigger from now on; null: nothing. Return: the eventfd before.
	[[nodiscard]] kn_event *replace(kn_event *trigger);
	/// INTx is switched on: the line is not masked.
	void begin();
	void mask();
	/// May signal, in the caller's context.
	void unmask();
	void set_disabled(bool disabled);
	[[nodiscard]] bool disabled() const;
	/// The VMM's own signal.
	void loopback();

	/// Unmasks the line whenever @fd is signalled. Return: as kn_listener_start().
	int listen(int fd) { return kn_listener_start(&resample_, fd); }
	void unlisten() { kn_listener_stop(&resample_); }
	/// Returns when the listener signals no eventfd of before.
	void flush() { kn_listener_flush(&resample_); }

private:
	template <typename Change>
	void change(Change change);
	void send(kn_event *event);
	[[nodiscard]] u32 resets() const { return function_.state().resets(); }
	bool resampled();
	bool take_owed() TSA_REQUIRES(lock_);
	void pay();

	const Function &function_;
	IntxCounts &counts_;
	mutable kn_spinlock lock_;
	core::IntxLine line_ TSA_GUARDED_BY(lock_);
	kn_event *trigger_ TSA_GUARDED_BY(lock_) = nullptr;
	bool owed_ TSA_GUARDED_BY(lock_) = false; ///< a signal that the listener's thread has to send
	kn_listener resample_;
};

} // namespace member
