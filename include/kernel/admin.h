/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own client of an admin queue: that of virtio-pci, bound to the PF.
 *
 * Its commands wait for the device without limit, can not be taken back, and say
 * nothing of how much the device wrote. The caller keeps to one at a time for
 * each VF.
 */
#ifndef KERNEL_ADMIN_H
#define KERNEL_ADMIN_H

#include "kernel/types.h"

/* The client as one VF uses it. */
struct kn_admin;

KN_BEGIN

/**
 * kn_admin_find() - take references to a VF and to the virtio device of its PF
 * @vf: the VF; its driver is being probed
 * @admin: set on success; for kn_admin_put()
 *
 * Context: may sleep. Return: 0; -EOPNOTSUPP if the kernel has no such client, or
 * virtio-pci does not drive the PF; -ENOMEM.
 */
int kn_admin_find(struct kn_pci *vf, struct kn_admin **admin);

/**
 * kn_admin_usable() - whether the client has legacy commands, and a driver
 * @admin: the client; it keeps what an earlier driver of the virtio device found
 *
 * Context: any.
 */
bool kn_admin_usable(struct kn_admin *admin);

/**
 * kn_admin_claim() - reserve the client for one user of the VF, until kn_admin_put()
 * @admin: the client
 *
 * A command may outlive its user's driver, and the VF's next driver must not add one.
 *
 * Context: may sleep. Return: 0, or -EBUSY while another user of the VF has it.
 */
int kn_admin_claim(struct kn_admin *admin);

/**
 * kn_admin_link() - keep the PF's virtio driver, and so its queues, until the VF's driver is gone
 * @admin: the client, which kn_admin_usable() found usable: the kernel warns of a link to a device
 *	without a driver
 *
 * The kernel unbinds the VF's driver first, from here on. The link ends with the VF's driver, or
 * with its failed probe.
 *
 * Context: may sleep; probe of the VF's driver. Return: 0 or -ENOMEM.
 */
int kn_admin_link(struct kn_admin *admin);

/**
 * kn_admin_linked() - whether the link of kn_admin_link() keeps the virtio driver
 * @admin: the client, after kn_admin_link() in the same probe
 *
 * A link to a device that has no driver is dormant and keeps nothing.
 *
 * Context: any.
 */
bool kn_admin_linked(struct kn_admin *admin);

/**
 * kn_admin_put() - done with it
 * @admin: no longer valid afterwards; has no command outstanding
 *
 * Context: may sleep.
 */
void kn_admin_put(struct kn_admin *admin);

/**
 * kn_admin_read() - read legacy registers of the VF
 * @admin: the client
 * @device: of the device configuration, else of the common registers
 * @offset: in that structure
 * @buffer: gets what the device wrote; from kn_alloc(), of less than a page
 * @length: in bytes
 *
 * Context: may sleep, without limit. Return: 0; -ENODEV if the PF is gone; -EIO
 * if its queue was torn down; -EOPNOTSUPP; -ENOMEM; or the status that the device
 * answered, negated, whatever it is.
 */
int kn_admin_read(struct kn_admin *admin, bool device, u8 offset, u8 *buffer, u8 length);

/**
 * kn_admin_write() - write legacy registers of the VF
 * @admin: the client
 * @device: of the device configuration, else of the common registers
 * @offset: in that structure
 * @buffer: what to write
 * @length: in bytes
 *
 * Context and return: as kn_admin_read().
 */
int kn_admin_write(struct kn_admin *admin, bool device, u8 offset, u8 *buffer, u8 length);

/**
 * kn_admin_notify_info() - ask where in its own BARs the VF can be notified
 * @admin: the client
 * @bar: set on success
 * @offset: set on success
 *
 * The first such entry of the device's answer is all that the client tells.
 * Context: as kn_admin_read(). Return: likewise, or -ENOENT if there is none.
 */
int kn_admin_notify_info(struct kn_admin *admin, u8 *bar, u64 *offset);

KN_END

#endif
