// SPDX-License-Identifier: GPL-2.0-only
// Does what Recovery decides: resets, and changes of the owner's state.
#pragma once

#include "kernel/lock.h"
#include "kernel/log.h"
#include "kernel/work.h"
#include "owner/session.hh"

namespace owner {

/**
 * class Controller - keeps the session of a PF working
 *
 * Invariant: while the owner is not dead, resets and negotiation hold mutex(). Every reset stops the
 * queue first. The queue's lock is inside of mutex().
 *
 * Context: may sleep, except where a function says otherwise. Functions that say "device lock"
 * are called with that of the PF held.
 */
class Controller {
public:
	Controller(kn_pci *pci, const virtio_owner_settings &settings);

	/// Brings the PF up. Return: as Session::start(). stop() must follow an error.
	Status start();
	/// Ends all commands, and the session. Device lock.
	void stop();
	/// Ends all commands and stops the device for good. Device lock.
	void shutdown();

	/// Before a reset or a suspend of the PF: commands wait. Device lock.
	void freeze();
	/// After it: negotiates again. An error means that the owner is dead now; an owner that was
	/// dead before stays so, without an error. Device lock.
	Status thaw();
	/// A PCI error has cut the PF off: commands fail until freeze() or thaw(), and the PF is not
	/// accessed. Context: any, except in freeze() and thaw().
	void mark_lost();
	/// The PF is gone or broken for good: ends all waits. Context: any.
	void mark_dead();
	/// The queue was stopped because the PF does not answer. Context: any.
	void handle_unreachable();

	/// What a wait was for.
	enum class Wait : u8 { completion, slot, idle_queue };

	/// A wait of @member (null: of the owner) since @since_us ended without what it was for.
	/// Context: any.
	void wait_failed(Member *member, u64 since_us, Wait wait);
	/// Takes the commands of @member back from a device that keeps them. Return: success, or
	/// why a reset is not possible.
	Status force_idle(Member &member);
	/// Resets a live owner; else returns @otherwise.
	Status reset_if_live(const Status &otherwise);
	/// Gives the PF its configuration back, if it was cut off.
	void restore();
	/// As OwnerDevice::stop_dma(), and clears the queue if it succeeds. Device lock.
	bool stop_dma();

	[[nodiscard]] State state() const { return recovery_.state(); }
	[[nodiscard]] Session &session() { return session_; }
	[[nodiscard]] AdminQueue &queue() { return session_.queue(); }
	[[nodiscard]] kn_pci *pci() { return session_.device().pci(); }
	[[nodiscard]] kn_mutex &mutex() RETURN_CAPABILITY(mutex_) { return mutex_; }

private:
	[[nodiscard]] QueueActivity activity_locked(const Member *member) REQUIRES(queue().lock());
	Status reset_locked(unsigned credits) REQUIRES(mutex_);
	void recover();
	void end_commands();
	static void on_interrupt(void *context, u32 vector);
	static void on_recovery(void *context);

	Recovery recovery_;
	kn_work recovery_work_;
	Session session_;
	kn_mutex mutex_;
};

} // namespace owner
