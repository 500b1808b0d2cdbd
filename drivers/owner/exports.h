/* SPDX-License-Identifier: GPL-2.0-only */
/* What main.c, the C edge of this module, asks of the C++ part. */
#ifndef OWNER_EXPORTS_H
#define OWNER_EXPORTS_H

#include "owner/owner.h"

/* One bound PF (C++ class owner::Owner). */
struct virtio_owner;

#define VIRTIO_OWNER_MAX_POLL_US	1000
#define VIRTIO_OWNER_MAX_DEPTH		64

/**
 * struct virtio_owner_settings - the module's parameters
 * @command_timeout_ms: how long an access may take, 100 to 60,000
 * @poll_us: how long a waiter looks for an answer before it sleeps, at most
 *	VIRTIO_OWNER_MAX_POLL_US
 * @depth: commands that a device has at once at most, 1 to VIRTIO_OWNER_MAX_DEPTH; of
 *	PFs that are bound from then on
 * @polled: use no interrupt
 * @operation_ms: how long a reset of the PF may take for which no guest waits; no parameter
 */
struct virtio_owner_settings {
	u32 command_timeout_ms;
	u32 poll_us;
	u32 depth;
	bool polled;
	u32 operation_ms;
};

/**
 * struct virtio_owner_view - what sysfs shows of a PF
 * @state: live, suspect, recovering, stalled, frozen, lost, dead, or ended
 * @state_ms: for how long it is in that state
 * @tries: tries to make it work again, since it stopped
 * @next_try_ms: until the next one; 0 if none is planned
 * @queue_size: descriptors of the admin queue's ring
 * @depth: commands of members that the device has at once at most
 * @current_depth: commands that it gets at once now, as many as were found to be of use
 * @indirect: whether commands use indirect descriptors
 * @translated: whether the device uses DMA addresses, else physical ones
 * @polled: whether waiters look for answers themselves
 * @lost_interrupts: completions that the watchdog found: an upper bound of the lost interrupts
 * @polled_answers: answers that waiters found before they slept
 * @stats: totals of all members and of the LIST commands
 */
struct virtio_owner_view {
	const char *state;
	u64 state_ms;
	u64 next_try_ms;
	u32 tries;
	u16 queue_size;
	u16 depth;
	u16 current_depth;
	bool indirect;
	bool translated;
	bool polled;
	u64 lost_interrupts;
	u64 polled_answers;
	struct virtio_owner_stats stats;
};

KN_BEGIN

extern struct virtio_owner_settings virtio_owner_parameters;

/**
 * virtio_owner_create() - bring a PF up
 * @pci: the PF
 * @owner: set on success
 *
 * Context: may sleep; probe. Return: 0 or a negative errno.
 */
int virtio_owner_create(struct kn_pci *pci, struct virtio_owner **owner);

/**
 * virtio_owner_destroy() - remove the members and take the PF down
 * @owner: no longer valid afterwards
 *
 * Waits for guests to let go of members. Context: may sleep; remove.
 */
void virtio_owner_destroy(struct virtio_owner *owner);

/**
 * virtio_owner_shutdown() - stop the device, for the kernel's end
 * @owner: the owner
 *
 * Context: may sleep.
 */
void virtio_owner_shutdown(struct virtio_owner *owner);

/**
 * virtio_owner_freeze() - before a reset or a suspend of the PF
 * @owner: the owner
 *
 * If a PCI error cut the PF off, it gets its configuration back first, so that
 * the kernel does not save a wiped one. Context: may sleep; device lock of the PF
 * held.
 */
void virtio_owner_freeze(struct virtio_owner *owner);

/**
 * virtio_owner_thaw() - after it, or after the reset that cures a PCI error
 * @owner: the owner
 *
 * Context: as virtio_owner_freeze(). Return: 0, also for an owner that was dead
 * before or is stalled now; -ENODEV for one that is lost or dead now.
 */
int virtio_owner_thaw(struct virtio_owner *owner);

/**
 * virtio_owner_revive() - after the kernel's reset that cures a PCI error
 * @owner: the owner
 *
 * Nothing may have announced the reset. The PF gets its configuration back first.
 *
 * Context: as virtio_owner_freeze(). Return: as virtio_owner_thaw().
 */
int virtio_owner_revive(struct virtio_owner *owner);

/**
 * virtio_owner_lose() - a PCI error cut the PF off
 * @owner: the owner; virtio_owner_thaw() makes it live again
 *
 * Context: device lock of the PF held; does not touch the device.
 */
void virtio_owner_lose(struct virtio_owner *owner);

/**
 * virtio_owner_bury() - the PF will not come back
 * @owner: the owner
 *
 * Context: any.
 */
void virtio_owner_bury(struct virtio_owner *owner);

/**
 * virtio_owner_configure_sriov() - set the number of VFs
 * @owner: the owner
 * @count: 0 for none
 *
 * Context: may sleep; device lock of the PF held. Return: @count, -EBUSY while a
 * guest has a VF or for a change without going through 0, or a negative errno.
 */
int virtio_owner_configure_sriov(struct virtio_owner *owner, u32 count);

/**
 * virtio_owner_find() - the member that a VF is
 * @owner: the owner
 * @vf: one of the PF's
 * @member: set on success
 *
 * Context: any. Return: 0 or -ENODEV.
 */
int virtio_owner_find(struct virtio_owner *owner, struct kn_pci *vf,
		      struct virtio_owner_member **member);

/**
 * virtio_owner_describe() - for sysfs
 * @owner: the owner
 * @view: filled in
 *
 * Context: any.
 */
void virtio_owner_describe(struct virtio_owner *owner, struct virtio_owner_view *view);

KN_END

#endif
