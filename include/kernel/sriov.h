/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_SRIOV_H
#define KERNEL_SRIOV_H

#include "kernel/types.h"

KN_BEGIN

/**
 * kn_sriov_enable() - make VFs appear
 * @pci: the PF
 * @count: how many
 *
 * Probes the VFs' drivers before it returns. Context: may sleep; the PF's
 * device lock is held, by way of sriov_numvfs the PCI rescan lock, too; no lock
 * of ours. Return: 0 or a negative errno.
 */
int kn_sriov_enable(struct kn_pci *pci, u32 count);

/**
 * kn_sriov_disable() - make the VFs disappear
 * @pci: the PF
 *
 * Removes the VFs' drivers before it returns, which waits for guests to let go.
 * Context: as kn_sriov_enable().
 */
void kn_sriov_disable(struct kn_pci *pci);

/**
 * kn_sriov_count() - how many VFs there are
 * @pci: the PF
 *
 * Context: any.
 */
u32 kn_sriov_count(struct kn_pci *pci);

/**
 * kn_sriov_vf_index() - which of its PF's VFs a function is
 * @vf: one of several: the kernel divides by VF Stride, which may be 0 for one
 *
 * Context: any. Return: from 0 on, or -EINVAL if it is no VF.
 */
int kn_sriov_vf_index(struct kn_pci *vf);

/**
 * kn_sriov_supported() - whether a function has the SR-IOV capability
 * @pci: the function
 *
 * Context: any.
 */
bool kn_sriov_supported(struct kn_pci *pci);

/**
 * kn_sriov_migration_capable() - whether VF Migration Capable is set
 * @pci: the PF
 *
 * The bit is bit 0 of the SR-IOV Capabilities register, and read-only.
 *
 * Context: any. Return: false, too, if the function has no SR-IOV capability or does not answer.
 */
bool kn_sriov_migration_capable(struct kn_pci *pci);

KN_END

#endif
