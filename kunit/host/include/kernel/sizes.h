/* SPDX-License-Identifier: GPL-2.0-only */
/* In the place of the generated header: what kunit/host/ needs, in bytes. */
#ifndef KERNEL_SIZES_H
#define KERNEL_SIZES_H

#define KN_LOCKDEP		1
#define KN_SIZEOF_SPINLOCK	64
#define KN_SIZEOF_MUTEX		64
#define KN_SIZEOF_COMPLETION	64
#define KN_SIZEOF_RATELIMIT	64
#define KN_SIZEOF_WORK		64
#define KN_SIZEOF_DELAYED_WORK	96
#define KN_SIZEOF_IRQ		64
#define KN_SIZEOF_LISTENER	64

#endif
