/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_VFIO_H
#define KERNEL_VFIO_H

#include "kernel/types.h"

/* Region and offset in a position, as VFIO's PCI drivers split it. */
#define KN_VFIO_OFFSET_SHIFT	40
#define KN_VFIO_REGION_BAR0	0
#define KN_VFIO_REGION_CONFIG	7

/* Numbers of ioctls. */
#define KN_VFIO_DEVICE_RESET		0x3b6f
#define KN_VFIO_DEVICE_PCI_HOT_RESET	0x3b71

KN_BEGIN

/**
 * kn_vfio_pci() - the function behind a VFIO device
 * @vfio: the device
 *
 * Context: any.
 */
struct kn_pci *kn_vfio_pci(struct kn_vfio *vfio);

/**
 * kn_vfio_msix_enabled() - whether VFIO has MSI-X enabled on the function
 * @vfio: an open device
 *
 * While a VMM changes vectors this can be false for a moment although the guest
 * has MSI-X enabled. Context: any.
 */
bool kn_vfio_msix_enabled(struct kn_vfio *vfio);

/**
 * kn_vfio_config() - the start of configuration space as vfio-pci keeps it
 * @vfio: an open device
 * @to: where to
 * @size: in bytes, at most 256
 *
 * Registers that change by themselves may be old; the capability list is right.
 * Context: any.
 */
void kn_vfio_config(struct kn_vfio *vfio, void *to, kn_size size);

/**
 * kn_vfio_read() - read a region as vfio-pci would
 * @vfio: an open device
 * @buffer: a user address
 * @count: in bytes
 * @position: region and offset
 *
 * Context: may sleep and fault. Return: bytes read, or a negative errno.
 */
long kn_vfio_read(struct kn_vfio *vfio, u64 buffer, kn_size count, u64 position);

/**
 * kn_vfio_write() - write a region as vfio-pci would
 * @vfio: an open device
 * @buffer: a user address
 * @count: in bytes
 * @position: region and offset
 *
 * Context: may sleep and fault. Return: bytes written, or a negative errno.
 */
long kn_vfio_write(struct kn_vfio *vfio, u64 buffer, kn_size count, u64 position);

/**
 * kn_vfio_ioctl() - vfio-pci's ioctls, with a BAR0 of our own
 * @vfio: an open device
 * @cmd: number of the ioctl
 * @arg: argument of the ioctl, a user address
 * @bar_size: bytes of the emulated BAR0, 0 to leave everything to vfio-pci
 *
 * Context: may sleep and fault. Return: as the ioctl.
 */
long kn_vfio_ioctl(struct kn_vfio *vfio, u32 cmd, u64 arg, u32 bar_size);

/**
 * kn_vfio_feature() - vfio-pci's part of the ioctl VFIO_DEVICE_FEATURE
 * @vfio: an open device
 * @flags: feature and operation
 * @arg: data of the feature, a user address
 * @size: bytes at @arg
 *
 * Context: may sleep and fault. Return: 0, or a negative errno.
 */
int kn_vfio_feature(struct kn_vfio *vfio, u32 flags, u64 arg, kn_size size);

/**
 * kn_vfio_map_bar() - map a BAR for as long as the device is open
 * @vfio: an open device
 * @bar: 0 to 5, which exists
 *
 * A BAR that was mapped before is not mapped again. The first call for a BAR must come before the
 * end of open, because VFIO does not serialize it with accesses of the user.
 *
 * Context: may sleep. Return: the mapping, or NULL.
 */
struct kn_mmio *kn_vfio_map_bar(struct kn_vfio *vfio, u8 bar);

/**
 * kn_vfio_memory_lock() - keep the function's memory from being switched off or on
 * @vfio: an open device
 *
 * Ends with kn_vfio_memory_unlock(), whatever it returns.
 *
 * Context: may sleep. Return: whether the function answers memory accesses meanwhile.
 */
bool kn_vfio_memory_lock(struct kn_vfio *vfio);

/**
 * kn_vfio_memory_trylock() - kn_vfio_memory_lock() where nothing may sleep
 * @vfio: an open device
 * @answers: set on success: whether the function answers memory accesses meanwhile
 *
 * Fails if the lock is contended, or if the function may be asleep: see kn_vfio_may_sleep(). On
 * success the function stays awake until kn_vfio_memory_unlock().
 *
 * Context: any but a hard interrupt. Return: whether the lock is held.
 */
bool kn_vfio_memory_trylock(struct kn_vfio *vfio, bool *answers);

/**
 * kn_vfio_may_sleep() - whether VFIO's user let runtime power management suspend the function
 * @vfio: an open device
 *
 * Until it ends that, the function sleeps whenever kn_pci_pm_get() of nobody keeps it awake.
 *
 * Context: any.
 */
bool kn_vfio_may_sleep(struct kn_vfio *vfio);

/**
 * kn_vfio_memory_unlock() - undo kn_vfio_memory_lock() or kn_vfio_memory_trylock()
 * @vfio: an open device
 *
 * Context: any task that holds the lock.
 */
void kn_vfio_memory_unlock(struct kn_vfio *vfio);

/**
 * kn_vfio_command_lock() - block VFIO's writes of the command register's low byte
 * @vfio: an open device
 *
 * Context: may sleep; takes memory_lock for write.
 */
void kn_vfio_command_lock(struct kn_vfio *vfio);

/**
 * kn_vfio_command_lock_killable() - kn_vfio_command_lock() with a killable wait
 * @vfio: an open device
 *
 * Context: may sleep; takes memory_lock for write. Return: 0, or -EINTR without the lock.
 */
int kn_vfio_command_lock_killable(struct kn_vfio *vfio);

/**
 * kn_vfio_command_unlock() - undo kn_vfio_command_lock()
 * @vfio: an open device
 *
 * Context: any task that holds the lock.
 */
void kn_vfio_command_unlock(struct kn_vfio *vfio);

KN_END

#endif
