// SPDX-License-Identifier: GPL-2.0-only
// INTx for guests without MSI-X: SET_IRQS, and the driver's own vectors of the host.
#pragma once

#include "core/intx_vectors.hh"
#include "kernel/vfio_irqs.h"
#include "member/config_space.hh"
#include "member/intx_signal.hh"
#include "member/irq_request.hh"

namespace member {

/**
 * class Intx - the vectors that the driver has while the VMM has INTx on
 *
 * Vector 0 is for configuration changes, vector 1 for all queues. If there is but one, it is for both.
 *
 * Invariant: the driver has vectors only while VFIO has none, VFIO reads no request, and INTx is on.
 *
 * Locks: mutex_, inside the member's mutex and outside of VFIO's memory_lock. No user memory is accessed and
 * no command is sent with it held.
 */
class Intx {
public:
	/// @enable: where MSI-X Enable is in configuration space: Message Control.
	Intx(Function &function, IntxCounts &counts, base::u16 control);
	/// After the last access of an open. Context: may sleep.
	void close();

	[[nodiscard]] IntxSignal &line() { return line_; }
	[[nodiscard]] const IntxSignal &line() const { return line_; }
	/// How often the device interrupted for a configuration change. Context: any.
	[[nodiscard]] base::u32 config_events() const { return config_events_.load(); }
	/// Follows Interrupt Disable of the guest's command register. Context: may sleep.
	void follow(const ConfigSpace &config);

	// --- VFIO_DEVICE_SET_IRQS; context: may sleep; return: as the ioctl -------
	/// TRIGGER. The caller has the member's mutex. @switched_on: INTx was off before.
	int trigger(const IrqRequest &request, bool &switched_on);
	int mask(const IrqRequest &request);
	int unmask(const IrqRequest &request);
	/// Of another kind of interrupt than INTx. The driver gives its vectors back before VFIO looks at
	/// @arg, which the user may change meanwhile. INTx cannot be switched on until it is over: -EBUSY.
	long pass(u64 arg);
	/// Whether pass() has taken vectors away, or kept queues from them: see settle().
	[[nodiscard]] bool lapsed() const { return lapsed_.load(); }

	// --- arming; the caller has the member's mutex ----------------------------
	/// Whether vectors are of use: INTx is on, and they have not failed.
	[[nodiscard]] bool wanted() const;
	/**
	 * acquire() - have vectors
	 * @fresh: set if the device has been told of none of them: they are new
	 *
	 * A host without vectors is reported, and not asked again until the guest's next reset.
	 *
	 * Context: may sleep; takes memory_lock. Return: whether there are vectors.
	 */
	bool acquire(bool &fresh);
	/// Entry of the MSI-X table for queues; that for configuration changes is 0.
	[[nodiscard]] base::u16 queue_vector() const { return shared_.load() ? 0 : 1; }
	/// Events may have been missed of which nothing is known: the guest has to look at all.
	void missed_events() { event(true); }
	/// The caller has the vectors mapped that lapsed.
	void settle() { lapsed_.store(false); }
	/// What the device has been told of them.
	[[nodiscard]] core::IntxVectors &mapped() { return mapped_; }
	/// The device did not take a vector, because of @error: none is left, and wanted() is false until the
	/// guest's next reset.
	/// No effect if VFIO's user has taken the vectors away, which explains it.
	void mapping_failed(base::Error error);
	/// The device is reset, or certainly not: vectors may be tried again.
	void device_reset();

private:
	int setup(bool &fresh) TSA_REQUIRES(mutex_);
	bool begin_pass(const kn_vfio_irq_set &set);
	void give_up(int error);
	int switch_off() TSA_REQUIRES(mutex_);
	int set_trigger(int fd, bool &switched_on) TSA_REQUIRES(mutex_);
	void replace(kn_event *trigger) TSA_REQUIRES(mutex_);
	[[nodiscard]] bool lost() const;
	void release() TSA_REQUIRES(mutex_);
	void show(IntxCounts::State state) { counts_.state.store(state); }
	void event(bool config);
	/// The device's message of @vector. Context: interrupt.
	void interrupted(u32 vector)
	{
		counts_.interrupts.add(1);
		event(vector == 0);
	}

	Function &function_;
	IntxCounts &counts_;
	IntxSignal line_;
	kn_mutex mutex_;
	kn_vfio_vectors vectors_ TSA_GUARDED_BY(mutex_) = {};
	u32 passing_ TSA_GUARDED_BY(mutex_) = 0; ///< pass() that run
	core::IntxVectors mapped_;
	base::Atomic<bool> shared_{true}; ///< one vector for both
	base::Atomic<u32> config_events_{0};
	base::Atomic<bool> on_{false};
	base::Atomic<bool> lapsed_{false};
	base::u16 control_;
	bool given_up_ = false;
	u32 given_up_resets_ = 0;
	u64 failures_end_ms_ = 0; ///< when the time of all failures is over
};

} // namespace member
