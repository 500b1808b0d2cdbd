/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_MMIO_H
#define KERNEL_MMIO_H

#include "kernel/types.h"

KN_BEGIN

/**
 * kn_mmio_read8() - read a register of 8 bits
 * @mmio: a mapping
 * @offset: in the mapping
 *
 * Context: any. Return: the value; all ones if the device does not answer.
 */
u8 kn_mmio_read8(struct kn_mmio *mmio, u64 offset);

/**
 * kn_mmio_read16() - read a register of 16 bits
 * @mmio: a mapping
 * @offset: in the mapping, even
 *
 * Context: any. Return: the value; all ones if the device does not answer.
 */
u16 kn_mmio_read16(struct kn_mmio *mmio, u64 offset);

/**
 * kn_mmio_read32() - read a register of 32 bits
 * @mmio: a mapping
 * @offset: in the mapping, a multiple of 4
 *
 * Context: any. Return: the value; all ones if the device does not answer.
 */
u32 kn_mmio_read32(struct kn_mmio *mmio, u64 offset);

/**
 * kn_mmio_write8() - write a register of 8 bits
 * @mmio: a mapping
 * @offset: in the mapping
 * @value: the value
 *
 * Ordered after all earlier stores to memory. Context: any.
 */
void kn_mmio_write8(struct kn_mmio *mmio, u64 offset, u8 value);

/**
 * kn_mmio_write16() - write a register of 16 bits
 * @mmio: a mapping
 * @offset: in the mapping, even
 * @value: the value
 *
 * Ordered after all earlier stores to memory. Context: any.
 */
void kn_mmio_write16(struct kn_mmio *mmio, u64 offset, u16 value);

/**
 * kn_mmio_write32() - write a register of 32 bits
 * @mmio: a mapping
 * @offset: in the mapping, a multiple of 4
 * @value: the value
 *
 * Ordered after all earlier stores to memory. Context: any.
 */
void kn_mmio_write32(struct kn_mmio *mmio, u64 offset, u32 value);

KN_END

#endif
