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
 * kn_admin_get() - find the client of a VF's PF
 * @vf: the VF; its driver is being probed
 * @admin: set on success
 *
 * From here on the PF's virtio driver can not be unbound before the VF's driver
 * is: the kernel unbinds that one first.
 *
 * Context: may sleep. Return: 0; -ENODEV if the PF has no driver; -EOPNOTSUPP if
 * its driver, or the kernel, has no such client; -ENXIO if the client has no
 * legacy commands; -EAGAIN if the PF's virtio driver is just leaving; -EBUSY while
 * a command of the VF's last user is outstanding; -ENOMEM.
 */
int kn_admin_get(struct kn_pci *vf, struct kn_admin **admin);

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
