/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_PCI_H
#define KERNEL_PCI_H

#include "kernel/types.h"

KN_BEGIN

/**
 * kn_pci_config_read() - read a function's configuration space
 * @pci: the function
 * @offset: 0 to 255, a multiple of @width
 * @width: 1, 2 or 4 bytes
 *
 * Context: any. Return: the value; all ones if the function does not answer.
 */
u32 kn_pci_config_read(struct kn_pci *pci, u16 offset, u8 width);

/**
 * kn_pci_config_size() - size of a function's configuration space
 * @pci: the function
 *
 * Context: any. Return: bytes, 256 or 4096.
 */
u32 kn_pci_config_size(struct kn_pci *pci);

/**
 * kn_pci_user_read8() - read a byte of configuration space, after the end of a running reset
 * @pci: the function
 * @offset: in bytes
 * @value: set on success
 *
 * Context: may sleep. Return: 0 or a negative errno.
 */
int kn_pci_user_read8(struct kn_pci *pci, u16 offset, u8 *value);

/**
 * kn_pci_user_write8() - write a byte of configuration space, after the end of a running reset
 * @pci: the function
 * @offset: in bytes
 * @value: the byte
 *
 * Context: may sleep. Return: 0 or a negative errno.
 */
int kn_pci_user_write8(struct kn_pci *pci, u16 offset, u8 value);

/**
 * kn_pci_present() - whether a function still answers
 * @pci: the function
 *
 * Context: any.
 */
bool kn_pci_present(struct kn_pci *pci);

/**
 * kn_pci_powered() - whether a function's power state lets it answer accesses
 * @pci: the function
 *
 * To memory and I/O, that is; in D3hot only configuration space answers. A guest
 * can put a function there although we keep it awake. Context: any.
 */
bool kn_pci_powered(struct kn_pci *pci);

/**
 * kn_pci_power() - kn_pci_powered(), and the time in runtime suspend
 * @pci: the function
 * @suspended_ns: set to the nanoseconds that runtime power management has kept the function
 *	suspended, ever
 *
 * A function may lose its registers in runtime suspend. @suspended_ns grows before the
 * kn_pci_pm_get() that resumes the function returns. Without CONFIG_PM it is always 0.
 *
 * Context: any. Return: as kn_pci_powered().
 */
bool kn_pci_power(struct kn_pci *pci, u64 *suspended_ns);

/**
 * kn_pci_removed() - whether the kernel knows that a function is gone for good
 * @pci: the function
 *
 * Context: any.
 */
bool kn_pci_removed(struct kn_pci *pci);

/**
 * kn_pci_is_vf() - whether a function is a VF
 * @pci: the function
 *
 * Context: any.
 */
bool kn_pci_is_vf(struct kn_pci *pci);

/**
 * kn_pci_pf_bound() - whether the PF of a VF has a driver
 * @vf: the VF
 *
 * Context: any.
 */
bool kn_pci_pf_bound(struct kn_pci *vf);

/**
 * kn_pci_vendor() - vendor id, a VF's being its PF's
 * @pci: the function
 *
 * Context: any.
 */
u16 kn_pci_vendor(struct kn_pci *pci);

/**
 * kn_pci_device() - device id
 * @pci: the function
 *
 * Context: any.
 */
u16 kn_pci_device(struct kn_pci *pci);

/**
 * kn_pci_bar_length() - length of a memory BAR
 * @pci: the function
 * @bar: 0 to 5
 *
 * Context: any. Return: bytes, 0 if there is no memory BAR of that number.
 */
u64 kn_pci_bar_length(struct kn_pci *pci, u8 bar);

/**
 * kn_pci_bar_exists() - whether a function has a BAR of any kind
 * @pci: the function
 * @bar: 0 to 5
 *
 * Context: any.
 */
bool kn_pci_bar_exists(struct kn_pci *pci, u8 bar);

/**
 * kn_pci_enable() - enable memory decoding
 * @pci: the function
 *
 * Context: may sleep. Return: 0 or a negative errno.
 */
int kn_pci_enable(struct kn_pci *pci);

/**
 * kn_pci_set_dma_mask() - set the width of DMA addresses
 * @pci: the function
 * @bits: width, 1 to 64
 *
 * Context: may sleep. Return: 0, or -EIO if the kernel does not support the mask.
 */
int kn_pci_set_dma_mask(struct kn_pci *pci, u8 bits);

/**
 * kn_pci_claim_bars() - claim the memory BARs, so that no other driver gets them
 * @pci: the function, enabled
 *
 * Context: may sleep. Return: 0, or -EBUSY if one is claimed.
 */
int kn_pci_claim_bars(struct kn_pci *pci);

/**
 * kn_pci_release_bars() - undo kn_pci_claim_bars()
 * @pci: the function
 *
 * Context: may sleep.
 */
void kn_pci_release_bars(struct kn_pci *pci);

/**
 * kn_pci_disable() - undo kn_pci_enable()
 * @pci: the function
 *
 * Context: may sleep.
 */
void kn_pci_disable(struct kn_pci *pci);

/**
 * kn_pci_set_master() - let a function do DMA
 * @pci: the function
 *
 * Context: any.
 */
void kn_pci_set_master(struct kn_pci *pci);

/**
 * kn_pci_clear_master() - keep a function from doing DMA
 * @pci: the function
 *
 * Context: any.
 */
void kn_pci_clear_master(struct kn_pci *pci);

/**
 * kn_pci_disable_intx() - keep a function from asserting its interrupt line
 * @pci: the function, enabled
 *
 * To be called again after each kn_pci_enable() and kn_irq_free_vectors(), which let it assert the
 * line.
 *
 * Context: any.
 */
void kn_pci_disable_intx(struct kn_pci *pci);

/**
 * kn_pci_config_save() - take a copy of a function's configuration
 * @pci: the function
 *
 * Context: may sleep. Return: the copy for kn_pci_config_free(), or NULL.
 */
struct kn_pci_config *kn_pci_config_save(struct kn_pci *pci);

/**
 * kn_pci_config_restore() - give a function the configuration of a copy
 * @pci: the function
 * @config: what kn_pci_config_save() returned for it
 *
 * MSI-X and SR-IOV become what the kernel has them set to. Context: may sleep.
 */
void kn_pci_config_restore(struct kn_pci *pci, struct kn_pci_config *config);

/**
 * kn_pci_config_free() - undo kn_pci_config_save()
 * @config: the copy, or NULL
 *
 * Context: any.
 */
void kn_pci_config_free(struct kn_pci_config *config);

/**
 * kn_pci_reset_locked() - reset a function and restore its configuration
 * @pci: the function, whose device lock the caller holds
 *
 * Context: may sleep. Return: 0 or a negative errno.
 */
int kn_pci_reset_locked(struct kn_pci *pci);

/**
 * kn_pci_map() - map a part of a BAR
 * @pci: the function, enabled
 * @bar: 0 to 5
 * @offset: in the BAR
 * @length: in bytes, inside the BAR
 *
 * Context: may sleep. Return: the mapping for kn_pci_unmap(), or NULL.
 */
struct kn_mmio *kn_pci_map(struct kn_pci *pci, u8 bar, u64 offset, u64 length);

/**
 * kn_pci_unmap() - undo kn_pci_map()
 * @pci: the function
 * @mmio: the mapping, or NULL
 *
 * Context: may sleep.
 */
void kn_pci_unmap(struct kn_pci *pci, struct kn_mmio *mmio);

/**
 * kn_pci_set_assigned() - tell the kernel that a guest has a VF, or no longer has
 * @pci: the VF
 * @assigned: the kernel's own PF drivers keep their VFs while one is
 *
 * Context: any; the caller serializes the calls for a VF.
 */
void kn_pci_set_assigned(struct kn_pci *pci, bool assigned);

/**
 * kn_pci_uevent() - tell user space of a change of a function
 * @pci: the function
 * @variable: "NAME=value", part of the uevent with ACTION=change
 *
 * Context: may sleep.
 */
void kn_pci_uevent(struct kn_pci *pci, const char *variable);

/**
 * kn_pci_pm_get() - wake a function up and keep it awake
 * @pci: the function
 *
 * Context: may sleep. Return: 0 or a negative errno.
 */
int kn_pci_pm_get(struct kn_pci *pci);

/**
 * kn_pci_pm_put() - undo kn_pci_pm_get()
 * @pci: the function
 *
 * Context: any.
 */
void kn_pci_pm_put(struct kn_pci *pci);

KN_END

#endif
