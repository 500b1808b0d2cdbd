/* SPDX-License-Identifier: GPL-2.0-only */
/* What main.c, the C edge of this module, asks of the C++ part. */
#ifndef MEMBER_EXPORTS_H
#define MEMBER_EXPORTS_H

#include "kernel/lock.h"
#include "kernel/log.h"
#include "kernel/types.h"
#include "kernel/work.h"
#include "owner/owner.h"

/**
 * struct virtio_legacy - room for the legacy side of one VF, C++ class member::Device
 * @own: for all of it but these three, whose sizes are the kernel's
 * @mutex: for its mutex
 * @limit: for its limit of messages
 * @work: for the work that asks whether the device lost the VF's state
 *
 * Held by value, because what VFIO allocates for a VF has room to spare.
 */
struct virtio_legacy {
	u64 own[68];
	struct kn_mutex mutex;
	struct kn_ratelimit limit;
	struct kn_work work;
};

/**
 * struct virtio_legacy_settings - the module's parameters
 * @plain: a VF that is bound is shown as it is
 * @hide_modern: it is shown without its modern capabilities
 * @forward_all: the next who opens a VF has a command for every access
 * @no_intx: a VF that is bound offers no INTx
 */
struct virtio_legacy_settings {
	bool plain;
	bool hide_modern;
	bool forward_all;
	bool no_intx;
};

/**
 * struct virtio_legacy_view - what sysfs shows of a VF
 * @admin_queue: own, in-tree, or none
 * @type: name of the transitional type, or NULL
 * @reason: why there is none, if @type is NULL
 * @hide_modern: whether a transitional device has no modern capabilities
 * @doorbell: command, owner, member, or closed if it is not open as that type
 * @doorbell_bar: of owner or member
 * @doorbell_offset: in that BAR
 * @doorbells: rung, by way: command, owner, member
 * @intx: emulated or none
 * @intx_reason: why there is none, if @intx is none
 * @intx_state: closed, off, idle, armed or given-up
 * @intx_vectors: MSI-X vectors of the host that the driver has for it
 * @intx_interrupts: from the device
 * @intx_signals: of the VMM's eventfd
 * @intx_failures: vectors that could not be had or mapped
 * @broken: whether the guest's accesses are answered with ones
 * @needs_restart: whether the device lost the VF's state while the guest's driver used it
 * @has_stats: whether @stats is filled in
 * @stats: what the owner counted
 */
struct virtio_legacy_view {
	const char *admin_queue;
	const char *type;
	const char *reason;
	bool hide_modern;
	const char *doorbell;
	u8 doorbell_bar;
	u64 doorbell_offset;
	u64 doorbells[3];
	const char *intx;
	const char *intx_reason;
	const char *intx_state;
	u8 intx_vectors;
	u64 intx_interrupts;
	u64 intx_signals;
	u32 intx_failures;
	bool broken;
	bool needs_restart;
	bool has_stats;
	struct virtio_owner_stats stats;
};

KN_BEGIN

/* The module's parameters. */
extern struct virtio_legacy_settings virtio_legacy_parameters;

/**
 * virtio_legacy_create() - make a VF known
 * @legacy: room for it; nothing is there on failure
 * @vfio: its VFIO device
 *
 * Context: may sleep. Return: 0 or a negative errno.
 */
int virtio_legacy_create(struct virtio_legacy *legacy, struct kn_vfio *vfio);

/**
 * virtio_legacy_destroy() - forget a VF
 * @legacy: not to be used afterwards; its memory is the caller's
 *
 * Context: may sleep.
 */
void virtio_legacy_destroy(struct virtio_legacy *legacy);

/**
 * virtio_legacy_open() - a VMM opens an enabled device
 * @legacy: the VF
 *
 * Context: may sleep. Return: 0 or a negative errno.
 */
int virtio_legacy_open(struct virtio_legacy *legacy);

/**
 * virtio_legacy_close() - the VMM lets the device go
 * @legacy: the VF
 *
 * Context: may sleep.
 */
void virtio_legacy_close(struct virtio_legacy *legacy);

/**
 * virtio_legacy_reset_prepare() - before a function reset
 * @legacy: the VF
 *
 * Context: at any time between create and destroy, also within open and close; may sleep, but takes
 * no lock of the member's; VFIO may hold memory_lock.
 */
void virtio_legacy_reset_prepare(struct virtio_legacy *legacy);

/**
 * virtio_legacy_reset_done() - after it
 * @legacy: the VF
 *
 * Context: as virtio_legacy_reset_prepare().
 */
void virtio_legacy_reset_done(struct virtio_legacy *legacy);

/**
 * virtio_legacy_bar_size() - size of the emulated BAR0
 * @legacy: the VF
 *
 * Context: any. Return: bytes, 0 if the VF is shown as it is.
 */
u32 virtio_legacy_bar_size(struct virtio_legacy *legacy);

/**
 * virtio_legacy_read() - VFIO's read
 * @legacy: the VF
 * @buffer: a user address
 * @count: in bytes
 * @position: region and offset
 *
 * Context: may sleep and fault. Return: bytes read, or a negative errno.
 */
long virtio_legacy_read(struct virtio_legacy *legacy, u64 buffer, kn_size count, u64 position);

/**
 * virtio_legacy_write() - VFIO's write
 * @legacy: the VF
 * @buffer: a user address
 * @count: in bytes
 * @position: region and offset
 *
 * Context: may sleep and fault. Return: bytes written, or a negative errno.
 */
long virtio_legacy_write(struct virtio_legacy *legacy, u64 buffer, kn_size count, u64 position);

/**
 * virtio_legacy_ioctl() - VFIO's ioctls
 * @legacy: the VF
 * @cmd: number of the ioctl
 * @arg: argument of the ioctl, a user address
 *
 * Context: may sleep and fault. Return: as the ioctl.
 */
long virtio_legacy_ioctl(struct virtio_legacy *legacy, u32 cmd, u64 arg);

/**
 * virtio_legacy_feature() - VFIO's ioctl VFIO_DEVICE_FEATURE
 * @legacy: the VF
 * @flags: feature and operation
 * @arg: data of the feature, a user address
 * @size: bytes at @arg
 *
 * Context: may sleep and fault. Return: 0, or a negative errno.
 */
int virtio_legacy_feature(struct virtio_legacy *legacy, u32 flags, u64 arg, kn_size size);

/**
 * virtio_legacy_set_plain() - choose what the next guest is shown
 * @legacy: the VF
 * @plain: the VF as it is, else a transitional device
 *
 * Context: any. Return: 0; -EBUSY while the VF is open; -EOPNOTSUPP if it can
 * not be shown as a transitional device.
 */
int virtio_legacy_set_plain(struct virtio_legacy *legacy, bool plain);

/**
 * virtio_legacy_set_hide_modern() - choose whether it has modern capabilities
 * @legacy: the VF
 * @hide: leave them out, if it is shown as a transitional device
 *
 * Context: any. Return: 0, or -EBUSY while the VF is open.
 */
int virtio_legacy_set_hide_modern(struct virtio_legacy *legacy, bool hide);

/**
 * virtio_legacy_set_no_intx() - choose whether it offers INTx
 * @legacy: the VF
 * @none: not even as a transitional device
 *
 * Context: any. Return: 0, or -EBUSY while the VF is open.
 */
int virtio_legacy_set_no_intx(struct virtio_legacy *legacy, bool none);

/**
 * virtio_legacy_describe() - for sysfs
 * @legacy: the VF
 * @view: filled in
 *
 * Context: any.
 */
void virtio_legacy_describe(struct virtio_legacy *legacy, struct virtio_legacy_view *view);

KN_END

#endif
