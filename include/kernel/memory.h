/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_MEMORY_H
#define KERNEL_MEMORY_H

#include "kernel/types.h"

KN_BEGIN

/**
 * kn_alloc() - allocate zeroed memory
 * @size: in bytes
 *
 * Context: may sleep. Return: memory for kn_free(), or NULL.
 */
void *kn_alloc(kn_size size);

/**
 * kn_alloc_accounted() - kn_alloc(), at the expense of the user whose process calls
 * @size: in bytes
 *
 * Context: may sleep. Return: zeroed memory for kn_free(), or NULL.
 */
void *kn_alloc_accounted(kn_size size);

/**
 * kn_free() - free what kn_alloc() or kn_alloc_accounted() gave
 * @memory: may be NULL
 *
 * Context: may sleep.
 */
void kn_free(void *memory);

/**
 * kn_copy_from_user() - copy from user memory
 * @to: kernel memory
 * @from: a user address
 * @size: in bytes
 *
 * Context: may sleep and fault. Return: 0 or -EFAULT.
 */
int kn_copy_from_user(void *to, u64 from, kn_size size);

/**
 * kn_get_user16() - copy a little-endian number from user memory
 * @value: set on success
 * @from: a user address
 *
 * Context: may sleep and fault. Return: 0 or -EFAULT.
 */
int kn_get_user16(u16 *value, u64 from);

/**
 * kn_copy_to_user() - copy to user memory
 * @to: a user address
 * @from: kernel memory
 * @size: in bytes
 *
 * Context: may sleep and fault. Return: 0 or -EFAULT.
 */
int kn_copy_to_user(u64 to, const void *from, kn_size size);

KN_END

#endif
