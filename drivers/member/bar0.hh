// SPDX-License-Identifier: GPL-2.0-only
// The I/O BAR0 of a transitional device: virtio 1.3, 4.1.4.10.
#pragma once

#include "core/access_plan.hh"
#include "core/shadow.hh"
#include "kernel/lock.h"
#include "member/commands.hh"
#include "member/doorbell.hh"
#include "member/interrupts.hh"
#include "member/intx.hh"

namespace member {

using base::ConstBytes;

/**
 * class Bar0 - the guest's accesses, of any width, at any offset
 *
 * Invariant: an access never fails for what guest or device did: it reads ones, or is dropped. Its
 * waits for commands and for other accesses end at its deadline, with all retries.
 *
 * Locks: mutex_ serializes register accesses, one bounded access at a time. User memory is copied
 * without it. A notification of its usual form takes no mutex.
 */
class Bar0 {
public:
	Bar0(Function &function, const ConfigSpace &config, Interrupts &interrupts,
	     Doorbell &doorbell);

	/// Before the first access of an open. @type and @client stay valid until close(). @rules: see
	/// Shadow::start(). @control: offset of MSI-X's Message Control, 0 if INTx is not offered. Context: may
	/// sleep. Return: success or Error::no_memory.
	Status open(const core::DeviceType &type, AdminClient &client, bool rules, u16 control);
	/// After the last access.
	void close();

	/// VFIO's read and write of the region, at @offset in it. Context: may sleep and fault.
	/// Return: bytes, or a negative errno.
	long read(u64 buffer, kn_size count, u64 offset)
	{
		return offset == WIRE_LEGACY_ISR && count == 1 && intx_ && intx_->line().armed()
			       ? read_isr(buffer)
			       : read_bytes(buffer, count, offset);
	}
	long write(u64 buffer, kn_size count, u64 offset)
	{
		return is_notification(count, offset) ? notify(buffer, count)
						      : write_bytes(buffer, count, offset);
	}

	/// Whether a notification of the guest reaches the device, if the function is powered. Context:
	/// any.
	[[nodiscard]] bool decodes_now() const
	{
		return config_.io_enabled() && function_.works();
	}
	/// Whether it may, once decodes() has asked the device. Context: any.
	[[nodiscard]] bool may_decode() const
	{
		return config_.io_enabled() && function_.state().unconfirmed();
	}
	/// A notification of @queue that could not be over at once: see Doorbell::ring_late(). Context:
	/// may sleep; resumes the function.
	void notify_late(u16 queue, u32 resets, Deadline &deadline);

	/// After VFIO has enabled MSI-X again: see Shadow::restore_vectors(). A device that was seen to
	/// keep vectors is not asked again. Context: may sleep, up to the deadline of an access.
	void restore_vectors();

	/// INTx's part, null if it is not offered. Stays between open() and close().
	[[nodiscard]] Intx *intx() { return intx_; }
	/// VFIO_DEVICE_SET_IRQS, if INTx is offered. Context: may sleep and fault. Return: as the ioctl.
	long set_irqs(u64 arg);
	/// After each write of configuration space. Context: may sleep, up to the deadline of an access.
	void follow_config();
	[[nodiscard]] const IntxCounts &intx_counts() const { return intx_counts_; }

	/**
	 * find_loss() - ask the device whether it has the status that the guest wrote
	 *
	 * If it has not, nothing is known of the registers afterwards, and user space is told: the work
	 * of Restart. Context: may sleep, up to the deadline of an access; also before open() and after
	 * close().
	 */
	void find_loss();

private:
	/// An access of the guest, while it has mutex_.
	struct Access {
		Commands commands;
		core::Shadow::Moment moment;
	};

	/// Some drivers write all 32 bits of a queue notification.
	[[nodiscard]] static bool is_notification(kn_size count, u64 offset)
	{
		return (count == core::notify_width || count == 2 * core::notify_width) &&
		       offset == WIRE_LEGACY_QUEUE_NOTIFY;
	}
	/// Whether an access reaches the device. Context: with runtime power management held.
	[[nodiscard]] bool decodes(bool powered, Deadline &deadline)
	{
		return (powered && decodes_now()) ||
		       recovers(powered, deadline);
	}
	[[nodiscard]] bool recovers(bool powered, Deadline &deadline);
	[[nodiscard]] core::Shadow::Loss vector_loss() const;
	[[nodiscard]] Access begin(const Function::Power &power, Deadline &deadline);
	/// Not analysed: its result says whether the mutex is held. False if the task is being killed.
	[[nodiscard]] bool lock(Deadline &deadline) TSA_TRY_ACQUIRE(true, mutex_) TSA_NO_ANALYSIS;
	Status read_chunk(u16 offset, Bytes data, Deadline &deadline);
	Status write_chunk(u16 offset, ConstBytes data, Deadline &deadline);
	long notify(u64 buffer, kn_size count);
	long read_isr(u64 buffer);
	long read_bytes(u64 buffer, kn_size count, u64 offset);
	long write_bytes(u64 buffer, kn_size count, u64 offset);

	// registers.cc
	Status read_piece(const core::Piece &piece, Bytes data, Access &access)
		TSA_REQUIRES(mutex_);
	Status read_bytewise(core::Piece piece, Bytes data, Access &access) TSA_REQUIRES(mutex_);
	Status write_piece(const core::Piece &piece, ConstBytes data, Access &access)
		TSA_REQUIRES(mutex_);
	Status write_register(const core::Piece &piece, ConstBytes data, Access &access)
		TSA_REQUIRES(mutex_);
	Status write_status(const core::Piece &piece, ConstBytes data, Access &access)
		TSA_REQUIRES(mutex_);

	// reset.cc
	Status reset_under_reset(core::AccessPlan plan, ConstBytes data, Access &access)
		TSA_REQUIRES(mutex_);
	Status reset_device(Access &access) TSA_REQUIRES(mutex_);
	Status confirm_reset(Access &access) TSA_REQUIRES(mutex_);
	void device_reset() TSA_REQUIRES(mutex_);
	/// Whether a function reset is under way, or ended since @access began.
	[[nodiscard]] bool is_overtaken(const Access &access) const
	{
		return !function_.state().stays_in(access.commands.phase());
	}

	// arming.cc
	[[nodiscard]] bool uses_intx(const Access &access) const TSA_REQUIRES(mutex_);
	[[nodiscard]] core::IntxVectors &vectors(const Access &access) TSA_REQUIRES(mutex_);
	bool arm(Access &access) TSA_REQUIRES(mutex_);
	bool armed(const Status &status) TSA_REQUIRES(mutex_);
	Status map_queue(u16 queue, Access &access) TSA_REQUIRES(mutex_);
	Status map_config(Access &access) TSA_REQUIRES(mutex_);
	void map_all(Access &access) TSA_REQUIRES(mutex_);
	Status write_address(const core::Piece &piece, ConstBytes data, Access &access)
		TSA_REQUIRES(mutex_);
	void driver_ok(Access &access) TSA_REQUIRES(mutex_);
	Status clear_stale(Access &access) TSA_REQUIRES(mutex_);
	void rearm_intx();
	int set_intx(u64 arg);

	Function &function_;
	const ConfigSpace &config_;
	Interrupts &interrupts_;
	Doorbell &doorbell_;
	const core::DeviceType *type_ = nullptr;
	AdminClient *client_ = nullptr;
	kn_mutex mutex_;
	core::Shadow *shadow_ TSA_PT_GUARDED_BY(mutex_) = nullptr; ///< while open
	Intx *intx_ = nullptr; ///< while open, if INTx is offered
	IntxCounts intx_counts_;
};

/// Waiting for another access is part of the time.
inline bool Bar0::lock(Deadline &deadline)
{
	if (kn_mutex_trylock(&mutex_))
		return true;
	(void)deadline.get();
	return kn_mutex_lock_killable(&mutex_) == 0;
}

/// Called before decodes(): a function reset that begins after this is another era.
inline Bar0::Access Bar0::begin(const Function::Power &power, Deadline &deadline)
{
	return {.commands = {function_, deadline},
		.moment = {.layout = interrupts_.layout(),
			   .msix_switches = interrupts_.switches(),
			   .suspended_ns = power.suspended_ns,
			   .notifications = doorbell_.notifications(),
			   .config_events = intx_ ? intx_->config_events() : 0}};
}

} // namespace member
