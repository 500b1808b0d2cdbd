// SPDX-License-Identifier: GPL-2.0-only
// Queue notifications: virtio 1.3, 2.12.1.1.5 and 4.1.4.10.
#pragma once

#include "core/notify_choice.hh"
#include "kernel/mmio.h"
#include "member/admin_client.hh"
#include "member/deadline.hh"
#include "member/exports.h"
#include "member/function.hh"

namespace member {

/**
 * class Doorbell - how a notification reaches the device
 *
 * Invariant: the way is chosen once after open(), and is a command before that.
 * notifications() grows after the device was notified, not before.
 *
 * Locks: open() is VFIO's. The caller of ask_again() serializes it. ring(), try_ring() and
 * ring_late() are for any number of callers; they take memory_lock for read.
 */
class Doorbell {
public:
	explicit Doorbell(Function &function) : function_(function) {}

	/// Asks the device for an address and chooses the way. A device that is not ready yet is asked
	/// for half the time until @deadline, and then by ask_again(). Context: may sleep. Return:
	/// success; Error::again if the device did not complete
	/// the question; another error if the VF did not answer, or the device is gone.
	Status open(AdminClient &client, Deadline &deadline);
	/// After a reset by the guest: asks once, if the device was not ready. A device that does not
	/// answer then is not asked again. Context: may sleep.
	void ask_again(AdminClient &client, Deadline &deadline)
	{
		if (not_ready_)
			not_ready_ = is_not_ready(ask(client, deadline));
	}

	/// Notifies the device of @queue. Context: may sleep. Return: success, or Error::interrupted.
	Status ring(AdminClient &client, u16 queue, Deadline &deadline)
	{
		const Status status = ring_once(client, queue, deadline);

		// Not before: what another vCPU reads meanwhile was read before the device knew.
		notifications_.add(1);
		return status;
	}
	/**
	 * try_ring() - notify the device of @queue where nothing may sleep
	 *
	 * The function worked after FunctionState::resets() was @resets. The notification is dropped if
	 * a function reset began since, or if the function does not answer.
	 *
	 * Context: atomic. Return: whether the notification is over. If it is not, ring_late() has
	 * to follow.
	 */
	[[nodiscard]] bool try_ring(AdminClient &client, u16 queue, u32 resets);
	/// ring(), for a notification that try_ring() left. @resets: as there. Context: may sleep.
	/// Return: as ring().
	Status ring_late(AdminClient &client, u16 queue, u32 resets, Deadline &deadline);
	/// Notifications of the guest that are over. One of ring_late() also counts when the guest's
	/// access ends, which is before the device was notified.
	[[nodiscard]] u32 notifications() const { return notifications_.load(); }

	/// @open: the VF is open and transitional
	void describe(virtio_legacy_view &view, bool open) const;

private:
	/// Whether the device was not ready when it was @asked.
	[[nodiscard]] static bool is_not_ready(const Status &asked);
	/// Needs the function's memory.
	void write_member(u16 queue) { kn_mmio_write16(bar_, address_.offset, queue); }
	void count(core::DoorbellWay way) { counts_[static_cast<unsigned>(way)].add(1); }
	bool try_ring_member(u16 queue, u32 resets);
	bool try_ring_owner(AdminClient &client, u16 queue);
	static Status notify_by_command(AdminClient &client, u16 queue, Deadline &deadline);
	Status ask(AdminClient &client, Deadline &deadline);
	Status ask_until(AdminClient &client, Deadline &deadline);
	Status choose(AdminClient &client, base::ConstBytes answer);
	void map_bars();

	Status ring_once(AdminClient &client, u16 queue, Deadline &deadline)
	{
		kn_vfio *const vfio = function_.vfio();
		const core::DoorbellWay way = way_.load();

		count(way);
		if (way == core::DoorbellWay::member) { // the fastest way is tested first
			if (kn_vfio_memory_lock(vfio))
				write_member(queue);
			kn_vfio_memory_unlock(vfio);
			return {};
		}
		if (way == core::DoorbellWay::owner) {
			client.ring_doorbell(queue);
			return {};
		}
		return notify_by_command(client, queue, deadline);
	}

	Function &function_;
	base::Atomic<core::DoorbellWay> way_{core::DoorbellWay::command}; ///< published last
	bool not_ready_ = false;		 ///< the device has not chosen yet
	core::BarRange address_;		 ///< of DoorbellWay::owner and member
	kn_mmio *bar_ = nullptr;		 ///< of DoorbellWay::member
	base::Atomic<u64> counts_[3];		 ///< by way
	base::Atomic<u32> notifications_{0};
};

} // namespace member
