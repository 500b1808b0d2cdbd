// SPDX-License-Identifier: GPL-2.0-only
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "kernel/memory.h"

void *kn_alloc(kn_size size)
{
	return kvzalloc(size, GFP_KERNEL);
}

void *kn_alloc_accounted(kn_size size)
{
	return kvzalloc(size, GFP_KERNEL_ACCOUNT);
}

void kn_free(void *memory)
{
	kvfree(memory);
}

int kn_copy_from_user(void *to, u64 from, kn_size size)
{
	return copy_from_user(to, u64_to_user_ptr(from), size) ? -EFAULT : 0;
}

int kn_get_user16(u16 *value, u64 from)
{
	__le16 raw;

	if (get_user(raw, (__le16 __user *)u64_to_user_ptr(from)))
		return -EFAULT;
	*value = le16_to_cpu(raw);
	return 0;
}

int kn_copy_to_user(u64 to, const void *from, kn_size size)
{
	return copy_to_user(u64_to_user_ptr(to), from, size) ? -EFAULT : 0;
}
