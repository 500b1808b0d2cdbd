// SPDX-License-Identifier: GPL-2.0-only
// The administration virtqueue: virtio 1.3, 2.13. Fixed command slots in one
// block of shared memory; nothing is allocated or mapped for a command.
#pragma once

#include "core/admin_command.hh"
#include "core/split_ring.hh"
#include "kernel/delayed_work.h"
#include "kernel/dma.h"
#include "kernel/lock.h"
#include "kernel/wait.h"
#include "kernel/work.h"
#include "owner/admin_request.hh"
#include "owner/answer_time.hh"
#include "owner/dispatch_depth.hh"
#include "owner/exports.h"
#include "owner/member.hh"
#include "owner/slot_pool.hh"
#include "owner/transport.hh"
#include "owner/watch.hh"

namespace owner {

/// Entries used of a longer queue: enough to keep a device busy.
constexpr u16 max_ring_size = 64;

/// Times of the queue are microseconds, deadlines and limits milliseconds.
constexpr u64 us_per_ms = 1000;

/**
 * class AdminQueue - slots, the ring, and waiting for answers
 *
 * Lock: one spinlock with interrupts off, a leaf, for all state of the queue and
 * what members have in it. A slot is free again as soon as its answer is found, which
 * is copied to who waits for it. A slot whose waiter gave up is an orphan: its memory
 * stays the device's until the used entry comes or a reset is confirmed. While requests are
 * pending, one delayed work looks after all of them.
 */
class AdminQueue {
public:
	/// @recovery is scheduled when the device breaks the queue's rules; @settings
	/// outlives the queue.
	AdminQueue(Transport &transport, kn_work &recovery, const virtio_owner_settings &settings);

	/**
	 * init() - allocate everything, for as many commands as the ring and the settings allow
	 * @ring_size: entries of the ring
	 * @indirect: VIRTIO_F_INDIRECT_DESC was negotiated: a slot takes one
	 *	descriptor of the ring instead of two
	 * @translated: VIRTIO_F_ACCESS_PLATFORM was negotiated
	 *
	 * Context: may sleep.
	 */
	Status init(kn_pci *pci, u16 ring_size, bool indirect, bool translated);

	/// Frees everything. The device must not write the memory any more.
	void destroy(kn_pci *pci);
	/// Like destroy(), but leaves what the device may still write allocated.
	void abandon();

	[[nodiscard]] u16 ring_size() const { return ring_size_; }
	/// Commands that the device has at once at most.
	[[nodiscard]] u16 depth() const { return slot_count_; }
	/// As many as are of use to it, so far as is known.
	[[nodiscard]] u16 current_depth();
	/// Commands that one member may have in flight.
	[[nodiscard]] u16 share() const { return pool_.share(); }
	[[nodiscard]] bool indirect() const { return indirect_; }
	[[nodiscard]] bool translated() const { return dma_.translated; }
	[[nodiscard]] bool polled() const { return polled_.load(); }
	[[nodiscard]] QueueAddresses addresses() const;

	/// Accepts commands for the whole group. @polled: no interrupt comes; waiters
	/// look themselves.
	void start(bool polled);
	/// Accepts members' commands too: the group's list is settled (2.12.1.2).
	void admit_members();
	/// Accepts no more commands for now; those under way go on.
	void pause();
	/// Ends all waits with @reason and leaves the slots to the device.
	void fail(base::Error reason);
	/// Like fail(), and frees all slots, orphans included: only after a
	/// confirmed reset, or when the device is gone. Answers that came before it
	/// count: their commands must not be sent twice.
	void clear(base::Error reason);

	/**
	 * execute() - send commands together and wait for their answers
	 * @commands: one to max_batch
	 * @member: whom they concern, null for the whole group
	 * @answers: at least as many; what lies behind @answered may be anything
	 * @answered: how many have answers, in order
	 * @since_us: since when this waited, for what it ended with: for an answer, or else
	 *	for a slot (kn_now_us())
	 *
	 * Only the first waits for a slot; those that find none are not sent, which is no
	 * error. Who frees a slot sends for who waits for one: this sleeps once. The wait
	 * also ends when the task is being killed.
	 *
	 * Return: success; Error::again while paused, while members are not admitted or
	 * while too many of @member wait; no_such_address if the member is held or broken;
	 * no_space if nothing was sent in time; timed_out or interrupted, which leave an orphan; protocol if the device broke the rules; no_device if
	 * it is gone. Context: may sleep.
	 */
	Status execute(std::span<const core::AdminCommand> commands, Member *member, u64 deadline,
		       std::span<core::AdminAnswer> answers, usize &answered, u64 &since_us);

	/// Takes all answers that are there, and sends what waited for their slots. Context: any.
	void harvest();

	/// Waits until the device has no command of @member.
	Status drain(const Member &member, u64 deadline);
	/// Waits until it has none for the group as a whole.
	Status drain_group(u64 deadline);
	/// Waits until it has none at all.
	Status drain_all(u64 deadline);
	/// Likewise, while commands are accepted; else why they are not. A kill ends it.
	Status settle(u64 deadline);

	/// Forgets all members: they are about to be freed.
	void forget_members();

	/// Whether commands are outstanding and no answer came for @ms.
	[[nodiscard]] bool stalled(u32 ms);
	/// Whether anybody but @member, which waits since @waiting_us, got an answer at or after
	/// @since_us (kn_now_us()). No if the wait began before a reset, which may have mended
	/// what it waits for.
	[[nodiscard]] bool others_progressed(const Member *member, u64 waiting_us, u64 since_us);
	/// Whether the device broke the queue's rules: only a reset helps.
	[[nodiscard]] bool broken();
	/// Whether it is stopped because the device did not answer. Under lock().
	[[nodiscard]] bool found_gone() const
	{
		return !running_ && stopped_for_ == base::Error::no_device;
	}
	/// Completions that the watchdog found: an upper bound of the lost interrupts.
	[[nodiscard]] u64 lost_interrupts();
	/// Answers found by who looked before it slept.
	[[nodiscard]] u64 polled_answers();

	/// Commands sent for the group as a whole, ever, by opcode. Under lock().
	[[nodiscard]] u64 group_commands(unsigned opcode) const { return group_commands_[opcode]; }

	/// The queue's lock, for state of members that goes with it.
	[[nodiscard]] kn_spinlock &lock() { return lock_; }

private:
	struct Slot {
		bool sent;  ///< the device has it
		bool group; ///< sent for the group as a whole
		bool compared; ///< its time is compared with others of its kind
		bool overdue; ///< without an answer for longer than is usual
		u16 index;  ///< of the command in its request
		u16 position; ///< of those in the device when it was sent, without overdue ones
		u64 sent_us;
		Member *member;
		AdminRequest *request; ///< null if nobody waits: an orphan, if it is sent
	};
	struct SlotMemory;

	[[nodiscard]] SlotMemory &memory_of(u16 slot);
	[[nodiscard]] u64 address_of(u16 slot) const;
	[[nodiscard]] u16 head_of(u16 slot) const;
	[[nodiscard]] Status accepts_locked(const Member *member) const;
	[[nodiscard]] SlotSender &sender_of(Member *member)
	{
		return member ? member->sender : group_;
	}
	[[nodiscard]] Status sendable_locked(const AdminRequest &request, u64 now_us) const;
	base::Result<bool> send(AdminRequest &request);
	void fill_locked(AdminRequest &request, u16 slot);
	void fill_more_locked(AdminRequest &request);
	void notify_locked();
	void apply_depth_locked();
	void serve_locked();
	void find_overdue_locked();
	void refuse_all_locked();
	void describe(u16 slot, const core::AdminCommand &command);
	void give_up(AdminRequest &request);
	void end_wait_locked(AdminRequest &request, Error queued, Error sent);
	void detach_locked(Slot &slot, Error reason);
	[[nodiscard]] u32 poll_limit() const { return base::setting_load(settings_.poll_us); }
	bool poll(kn_completion &completion, u64 sent_us);
	bool wait(kn_completion &completion);
	void wait_locked(AdminRequest &request);
	void cover_locked(const AdminRequest &request, u64 now_us);
	static void on_watch(void *context);
	void watch();
	template <typename Idle>
	Status drain_until(u64 deadline, Idle idle);
	void look();
	void look_locked();
	unsigned take_answers_locked();
	unsigned harvest_locked();
	Status finish_locked(const core::SplitRing::Used &used, u64 now_us);
	void note_answer_locked(const Member *member, u64 now_us);
	void end_all_locked(base::Error reason);
	void clear_locked(base::Error reason);
	void forget_locked(Slot &slot);
	void release_locked(u16 slot);

	Transport &transport_;
	kn_work &recovery_;
	const virtio_owner_settings &settings_;
	kn_spinlock lock_;
	kn_dma dma_ = {};
	core::SplitRing ring_;
	SlotPool pool_;
	SlotSender group_ = {}; ///< what concerns no member
	WaitLink waiting_{nullptr}; ///< who waits, for an answer or for a slot
	Watch watch_;
	kn_delayed_work watch_work_;
	Slot *slots_ = nullptr;
	SlotMemory *memory_ = nullptr; ///< of the slots, shared with the device
	u64 memory_address_ = 0;       ///< where the device finds it
	u16 *links_ = nullptr;
	u16 ring_size_ = 0;
	u16 slot_count_ = 0;
	u16 outstanding_ = 0;
	u16 group_outstanding_ = 0;
	u16 orphans_ = 0; ///< of the outstanding ones
	u16 overdue_ = 0; ///< likewise
	u16 others_ = 0;  ///< likewise, of a kind whose time is not compared
	DispatchDepth dispatch_;
	bool indirect_ = false;
	base::Atomic<bool> polled_{false};
	base::Atomic<bool> polling_{false}; ///< somebody looks for answers
	AnswerTime answer_time_;
	bool running_ = false;
	bool members_admitted_ = false;
	bool broken_ = false;
	base::Error stopped_for_ = base::Error::again;
	u64 started_us_ = 0;
	u64 last_answer_us_ = 0;
	const Member *last_answered_ = nullptr;
	u64 last_other_answer_us_ = 0; ///< to another than last_answered_
	u64 busy_since_us_ = 0; ///< when somebody began to wait for the device
	u64 lost_interrupts_ = 0;
	u64 polled_answers_ = 0;
	u64 group_commands_[wire::admin_opcodes] = {};
};

} // namespace owner
