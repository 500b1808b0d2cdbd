/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract between the C++ code and Linux. C++ sees opaque structs and
 * integers of fixed width; drivers/kernel/ implements each function with one
 * kernel call, and the tests implement the same functions on a fake device.
 */
#ifndef KERNEL_TYPES_H
#define KERNEL_TYPES_H

#ifdef __cplusplus
#include "base/types.hh"
using base::u8;
using base::u16;
using base::u32;
using base::u64;
using kn_size = base::usize;
#define KN_BEGIN extern "C" {
#define KN_END }
#else
#include <linux/types.h>
typedef size_t kn_size;
#define KN_BEGIN
#define KN_END
#endif

/* A PCI function (struct pci_dev). */
struct kn_pci;
/* A copy of a function's configuration (struct pci_saved_state). */
struct kn_pci_config;
/* A mapped part of a BAR (void __iomem). */
struct kn_mmio;
/* A VFIO device of vfio-pci-core (struct vfio_pci_core_device). */
struct kn_vfio;

#endif
