/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the owner's module offers to drivers of its members. Members are valid
 * from the VF driver's probe to its remove: the kernel keeps the PF's driver bound
 * that long.
 *
 * Deadlines are kn_now_ms() times. Functions that wait give up at the deadline,
 * and, but for virtio_owner_quiesce() and virtio_owner_close(), when the task is
 * being killed.
 */
#ifndef OWNER_OWNER_H
#define OWNER_OWNER_H

#include "kernel/types.h"
#include "wire/access.h"
#include "wire/numbers.h"

/* A group member as its owner knows it. */
struct virtio_owner_member;

/* Accesses of one call. */
#define VIRTIO_OWNER_MAX_ACCESSES	4

/**
 * struct virtio_owner_stats - what happened to one member, or to all of an owner
 * @commands: sent, by opcode
 * @timeouts: commands that were not answered by their deadline
 * @orphans: commands that nobody waits for any more and the device still has
 * @epoch: grows with each reset of the owner or its admin queue
 * @broken: whether the member gets no commands at present, see Documentation/recovery.md
 */
struct virtio_owner_stats {
	u64 commands[WIRE_ADMIN_LEGACY_NOTIFY_INFO + 1];
	u64 timeouts;
	u32 orphans;
	u32 epoch;
	bool broken;
};

/* What a driver of a member does on an event; any context. */
typedef void (*virtio_owner_callback)(void *context);

KN_BEGIN

/**
 * virtio_owner_get() - find a VF's owner
 * @vf: the VF; its driver is being probed
 * @member: set on success
 *
 * Context: may sleep. Return: 0; -EOPNOTSUPP if the PF's driver is another;
 * -ENODEV if the PF is gone or broken.
 */
int virtio_owner_get(struct kn_pci *vf, struct virtio_owner_member **member);

/**
 * virtio_owner_has_legacy() - whether the owner can access legacy registers
 * @member: the member
 *
 * Asks the device the first time after each reset. Context: may sleep.
 * Return: 1, 0, or a negative errno if the device did not say.
 */
int virtio_owner_has_legacy(struct virtio_owner_member *member);

/**
 * virtio_owner_deadline() - when an access that starts now has to be over
 *
 * Of VFs without an owner, too. Context: any. Return: now plus the module's
 * parameter command_timeout_ms.
 */
u64 virtio_owner_deadline(void);

/**
 * virtio_owner_open() - a guest gets the member
 * @member: the member
 * @at_risk: until virtio_owner_close(), called when the device works again after it stalled, or
 *	after a reset of the owner: it may have lost the member's state. May be NULL
 * @context: its argument
 *
 * Context: may sleep. Return: 0; -EBUSY while VFs are being removed, or while the
 * device still has a command of the member's last user; -ENODEV if the PF is
 * gone or broken.
 */
int virtio_owner_open(struct virtio_owner_member *member, virtio_owner_callback at_risk,
		      void *context);

/**
 * virtio_owner_close() - the guest lets the member go
 * @member: an open member
 *
 * Waits until the device has no command of the member, and resets the admin queue
 * if it does not give them back in time. If that is not allowed, or does not help,
 * it returns all the same: then virtio_owner_open() gives -EBUSY until they are
 * back. Context: may sleep.
 */
void virtio_owner_close(struct virtio_owner_member *member);

/**
 * virtio_owner_quiesce() - before a function reset of the member
 * @member: the member, open or not
 *
 * From here to virtio_owner_resume() commands of the member fail with -ENXIO, also if the member is
 * opened in between. Waits until the device has no command of an open member. Context: may sleep.
 * Return: 0, or -ETIMEDOUT.
 */
int virtio_owner_quiesce(struct virtio_owner_member *member);

/**
 * virtio_owner_resume() - after a function reset of the member
 * @member: the member, open or not
 *
 * Also mends a member that timeouts had marked broken. Context: any.
 */
void virtio_owner_resume(struct virtio_owner_member *member);

/**
 * virtio_owner_epoch() - what may be known of a member goes back to
 * @member: the member
 *
 * Context: any. Return: another number after each reset of the owner or its queue, and
 * while the owner is cut off, under reset, or dead.
 */
u32 virtio_owner_epoch(struct virtio_owner_member *member);

/**
 * virtio_owner_execute() - access legacy fields, in order
 * @member: an open member
 * @accesses: legacy reads and writes. All but the first are reads without side effects:
 *	they may be in flight when the one before them fails, and are repeated then
 * @count: of them, 1 to VIRTIO_OWNER_MAX_ACCESSES
 * @done: how many succeeded, from the first on; status and value of the others are undefined
 * @deadline: when to give up, had no command waited for its turn
 * @queued_ms: for how long commands of the same access of the guest waited for their turn, while
 *	others were completed; grows. It does not count, unless the access takes four times
 *	command_timeout_ms, or 60 s
 *
 * The commands are in the device together. Section 2.13 of virtio 1.3 promises no order, but a
 * device must process the commands of one queue in the order in which they are queued (2.13.1).
 * Callers rely on that. On a device that breaks the rule, a read may give the value from before the
 * first access. No other member is concerned.
 *
 * Context: may sleep. Return: 0, or why access number @done failed: -EINVAL, also if
 * @accesses are not as above; -ETIMEDOUT, also if the queue stayed full; -EINTR; -ENODEV if
 * the owner is gone, cut off or broken; -ENXIO if the member is broken or quiesced; -EIO if
 * the device broke the queue's protocol, which a reset cures; -EOPNOTSUPP if it lacks the
 * command; or the errno of the status that it answered.
 */
int virtio_owner_execute(struct virtio_owner_member *member, struct wire_access *accesses,
			 unsigned int count, unsigned int *done, u64 deadline, u64 *queued_ms);

/**
 * virtio_owner_notify_info() - ask where the member's queues can be notified
 * @member: an open member
 * @entries: gets the four raw entries, unchecked
 * @size: of @entries, in bytes
 * @deadline: when to give up
 *
 * Context and return: as virtio_owner_execute(), but -EAGAIN in place of -ENODEV while the owner
 * may work again.
 */
int virtio_owner_notify_info(struct virtio_owner_member *member, void *entries, kn_size size,
			     u64 deadline);

/**
 * virtio_owner_claim_doorbell() - use a notification address in the owner's BAR
 * @member: an open member
 * @bar: of the owner
 * @offset: in @bar
 *
 * Kept until the member is closed. Context: may sleep. Return: 0; -EINVAL if it
 * is no place for notifications; -EBUSY if another member has it; -ENOMEM.
 */
int virtio_owner_claim_doorbell(struct virtio_owner_member *member, u8 bar, u64 offset);

/**
 * virtio_owner_ring_doorbell() - notify the device at the claimed address
 * @member: an open member
 * @queue: index of the queue
 *
 * Context: any. Return: 0, or -ENODEV if the owner is not live.
 */
int virtio_owner_ring_doorbell(struct virtio_owner_member *member, u16 queue);

/**
 * virtio_owner_member_stats() - what happened to a member
 * @member: the member
 * @stats: filled in
 *
 * Context: any.
 */
void virtio_owner_member_stats(struct virtio_owner_member *member,
			       struct virtio_owner_stats *stats);

KN_END

#endif
