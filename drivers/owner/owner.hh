// SPDX-License-Identifier: GPL-2.0-only
// A group owner: one PF, its admin queue and its members.
#pragma once

#include "base/atomic.hh"
#include "kernel/irq.h"
#include "kernel/sriov.h"
#include "kernel/work.h"
#include "owner/exports.h"
#include "owner/queue/admin_queue.hh"

namespace owner {


enum class State : u8 {
	live,	///< commands are accepted
	frozen, ///< under reset or suspended: commands wait
	lost,	///< unreachable after an error: commands fail until it is reset
	dead,	///< gone, or broken for good, until bound again
};

/// Commands that go to the device together, and their answers.
struct Batch {
	std::span<const core::AdminCommand> commands; ///< one to max_batch
	std::span<core::AdminAnswer> answers;	      ///< as many
	usize done = 0;				      ///< how many have succeeded, in order
};

/// Resets in a minute after which the owner is given up.
constexpr unsigned vital_resets = 3;

/**
 * class Owner - from the PF driver's probe to its remove
 *
 * Locks: mutex_ serialises negotiation, recovery, freeze() and thaw(). Removing
 * members and the PF's end take it for their resets only, never while they wait
 * for guests; the PF's device lock keeps those apart. The queue's lock protects
 * members and counters. State and epoch are atomic.
 *
 * Contexts: those of the PF driver's callbacks are said at each function; the
 * rest may sleep.
 */
class Owner {
public:
	/**
	 * create() - bring the PF up
	 * @pci: the PF; the caller has its device lock
	 * @settings: outlives the owner
	 *
	 * Return: the owner; Error::not_supported if the PF has no SR-IOV or no
	 * usable admin queue; the error of the step that failed.
	 */
	[[nodiscard]] static base::Result<Owner *> create(kn_pci *pci, const virtio_owner_settings &settings);

	/// Takes the PF down: removes its members, which waits for guests to let
	/// go, and frees what the device can no longer write. Ends this object.
	/// Context: the PF's device lock is held.
	static void destroy(Owner *owner);

	/// shutdown(): stops the device for good, members stay. Context: as destroy().
	void shutdown();

	/// Before a reset or suspend of the PF: commands wait. Context: as destroy().
	void freeze();
	/// After it: negotiates again in a new epoch. An error means that the owner is
	/// dead now; one that was dead before stays so. Context: as destroy().
	Status thaw();
	/// A PCI error cut the PF off: no access to it, commands fail, until freeze()
	/// or thaw(). Context: any, but those two.
	void lose();
	/// The PF is gone or broken for good: ends all waits. Context: any.
	void bury();

	/**
	 * configure_sriov() - set the number of members
	 * @count: 0 for none
	 *
	 * Return: Error::busy for 0 while a guest has a member, and for another
	 * number while there are members. Context: as destroy().
	 */
	Status configure_sriov(u32 count);

	/// The member that is this VF, or null.
	[[nodiscard]] Member *find(kn_pci *vf);

	Status open(Member &member);
	void close(Member &member);
	Status quiesce(Member &member);
	void resume(Member &member);
	Status claim_doorbell(Member &member, const core::BarRange &address);
	Status ring_doorbell(Member &member, u16 queue);

	/// Whether the owner offers the legacy commands; asks the device if unknown.
	base::Result<bool> has_legacy();
	/**
	 * execute() - send a member's commands when the commands are negotiated
	 * @batch: all but its first command may be repeated
	 *
	 * Return: success, or why the one behind those that are done failed.
	 */
	Status execute(Batch &batch, Member &member, u64 deadline);

	[[nodiscard]] u64 deadline() const;
	[[nodiscard]] u32 epoch() const { return epoch_.load(); }
	[[nodiscard]] State state() const { return state_.load(); }
	[[nodiscard]] core::OpcodeSet opcodes() const { return core::OpcodeSet{opcodes_.load()}; }
	void member_stats(const Member &member, virtio_owner_stats &stats);
	void total_stats(virtio_owner_stats &stats);
	[[nodiscard]] AdminQueue &queue() { return queue_; }

private:
	Owner(kn_pci *pci, const virtio_owner_settings &settings);

	// bring-up (bringup.cc)
	Status start(u64 deadline);
	Status negotiate_features();
	Status enable_queue();
	void start_queue(bool polled);
	Status restart(u64 deadline);
	[[nodiscard]] u16 admin_irq_vector() const;
	[[nodiscard]] u32 stall_ms() const;

	// commands (commands.cc)
	Status attempt(Batch &batch, Member *member, u64 deadline);
	Status send_list(const core::AdminCommand &command, u64 deadline, core::AdminAnswer &answer);
	Status negotiate_commands(u64 deadline);
	Status ready(wire::AdminOpcode opcode, u64 deadline);
	Error heed(Error error, Member *member, u64 since_us);
	[[nodiscard]] bool stalled();
	[[nodiscard]] bool others_go_on(const Member *member, u64 since_us);
	static void note_broken(Member &member, u64 since_us);
	void note_timeout(Member *member, u64 sent_us);
	void note_no_slot(Member *member, u64 began_us);
	void note_silence();
	void report(const core::AdminCommand &command, Member *member, u16 status);

	// recovery (recovery.cc)
	void recover();
	Status reset_locked(unsigned most);
	Status reset_queue(u64 deadline);
	[[nodiscard]] bool may_reset(unsigned most);
	[[nodiscard]] bool violated();
	Status force_idle(Member &member);
	[[nodiscard]] bool silence();
	void vanish();
	void end_commands();
	void stop_device();

	// members (members.cc)
	Status create_members(u32 count);
	void destroy_members();
	void release_doorbell(Member &member);

	static void on_interrupt(void *context, u32 vector);
	static void on_recovery(void *context);

	kn_pci *pci_;
	const virtio_owner_settings &settings_;
	Transport transport_;
	kn_work recovery_;
	AdminQueue queue_;
	kn_irq irq_;
	kn_mutex mutex_;
	kn_ratelimit limit_;
	base::Atomic<State> state_{State::frozen};
	base::Atomic<u32> epoch_{0};
	base::Atomic<u64> opcodes_{0}; ///< in use, 0 before LIST_USE
	base::Atomic<bool> silent_{false}; ///< a waiter met silence towards everybody
	base::Atomic<bool> listed_{false}; ///< LIST_USE was sent in this epoch
	u32 vectors_ = 0;
	u64 features_ = 0;
	u16 queue_index_ = 0;
	u64 resets_ms_[vital_resets] = {}; ///< when the last resets were, oldest first

	// Under the queue's lock.
	Member *members_ = nullptr;
	u32 member_count_ = 0;
	u32 open_members_ = 0;
	bool closing_ = false;
	u64 group_timeouts_ = 0;
	u64 past_commands_[wire::admin_opcodes] = {}; ///< of members that are gone
	u64 past_timeouts_ = 0;
};

} // namespace owner
