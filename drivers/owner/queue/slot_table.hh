// SPDX-License-Identifier: GPL-2.0-only
// The command slots of an admin queue: virtio 1.3, 2.13.
#pragma once

#include "owner/queue/command_ring.hh"
#include "owner/queue/request.hh"

namespace owner {

/**
 * class SlotTable - commands in the device, and whose they are
 *
 * Invariant: a slot is in flight from submit() to release(), and the device may access its
 * memory only meanwhile. A slot in flight belongs to a request, or is an *orphan*: its waiter
 * gave up. counts() and the counters of the members agree with the slots.
 *
 * Not locked: the caller holds the queue's lock.
 */
class SlotTable {
public:
	/// How many slots are in flight.
	struct Counts {
		u16 all;
		u16 group;     ///< commands for the whole group
		u16 orphans;   ///< slots without a request
		u16 overdue;   ///< slots that mark_overdue() found
		u16 unsampled; ///< commands whose times tell nothing about the dispatch depth
	};

	/// One command in the device.
	struct Slot {
		bool in_flight;
		bool group;    ///< command for the whole group
		bool sampled;  ///< its time counts for the dispatch depth
		bool overdue;  ///< in the device for longer than is usual
		u16 index;     ///< of the command in its request
		u16 position;  ///< among the commands in the device at submission, overdue ones apart
		u64 submitted_us;
		Member *member;
		SlotSender *sender; ///< null if the member does not exist any more
		Request *request;   ///< null for an orphan
	};

	using Used = CommandRing::Used;

	/**
	 * init() - allocate the slots and the memory
	 * @ring_size: entries of the ring
	 * @indirect: as in CommandRing::init()
	 * @translated: as in CommandRing::init()
	 * @max_slots: upper bound of the number of slots for requests
	 *
	 * A ring with room for three slots or more has one for probes.
	 *
	 * Context: may sleep. Return: success; Error::not_supported for a ring without room for a
	 * slot; Error::no_memory, after which nothing is allocated.
	 */
	Status init(kn_pci *pci, u16 ring_size, bool indirect, bool translated, u32 max_slots);
	/// Frees everything. The device must not access the memory any more.
	void destroy(kn_pci *pci);
	/// Frees everything but the memory that the device may still access.
	void abandon();

	[[nodiscard]] u16 size() const { return size_; }
	/// Slots for requests: the first ones.
	[[nodiscard]] u16 request_slots() const { return static_cast<u16>(size_ - has_probe_); }
	/// The slot for probes, or no_slot.
	[[nodiscard]] u16 probe_slot() const { return has_probe_ ? request_slots() : no_slot; }
	[[nodiscard]] u16 *links() { return links_; }
	[[nodiscard]] CommandRing &ring() { return ring_; }
	[[nodiscard]] const CommandRing &ring() const { return ring_; }
	[[nodiscard]] const Counts &counts() const { return counts_; }
	[[nodiscard]] const Slot &operator[](u16 slot) const { return slots_[slot]; }

	/// Gives the next command of @request to the device, in the free slot @slot.
	void submit(Request &request, u16 slot);
	/**
	 * next_used() - take the next command that the device returned
	 * @used: set if there is one
	 *
	 * Return: whether there is one; Error::protocol if it is no slot in flight.
	 */
	[[nodiscard]] base::Result<bool> next_used(Used &used)
	{
		if (!TRY(ring_.take_used(used, counts_.all)))
			return false;
		if (!slots_[used.slot].in_flight)
			return Error::protocol;
		return true;
	}
	/// Checks what the device wrote for @used, and copies it to the access of its request.
	[[nodiscard]] Status read_answer(const Used &used);

	/// Makes @slot an orphan, and @reason the outcome of its command.
	void orphan(u16 slot, Error reason);
	/// The device has returned @slot, or was reset. Return: the sender, null if it does not
	/// exist any more.
	SlotSender *release(u16 slot)
	{
		Slot &entry = slots_[slot];
		const u16 orphan = entry.request ? 0 : 1;

		counts_.all--;
		counts_.group = static_cast<u16>(counts_.group - entry.group);
		counts_.overdue = static_cast<u16>(counts_.overdue - entry.overdue);
		counts_.unsampled = static_cast<u16>(counts_.unsampled - !entry.sampled);
		counts_.orphans = static_cast<u16>(counts_.orphans - orphan);
		if (Member *const member = entry.member) {
			member->outstanding--;
			member->orphans -= orphan;
		}
		entry.in_flight = false;
		entry.overdue = false;
		entry.member = nullptr;
		entry.request = nullptr;
		return entry.sender;
	}
	/// Orphans of members.
	[[nodiscard]] u32 member_orphans() const;
	/// Whether the device has a command for the group, or of a member that is not open.
	[[nodiscard]] bool has_closed() const;
	/// The member of the command that the device has for the longest time. Null if that is a
	/// command for the group, or there is none.
	[[nodiscard]] Member *oldest_member() const;
	/// Marks slots that are in flight for @patience_us at @now_us.
	void mark_overdue(u64 now_us, u64 patience_us);
	/// Drops all references to members, because their memory is about to be freed.
	void drop_members();

private:
	CommandRing ring_;
	Slot *slots_ = nullptr;
	u16 *links_ = nullptr; ///< one for each slot, for the scheduler
	Counts counts_ = {};
	u16 size_ = 0;
	bool has_probe_ = false;
};

/// Frees @slot, of requests or probes, in the table and in the scheduler of its requests.
inline void free_slot(SlotTable &table, Scheduler &scheduler, u16 slot)
{
	SlotSender *const sender = table.release(slot);

	if (slot != table.probe_slot())
		scheduler.give(slot, sender);
}

} // namespace owner
