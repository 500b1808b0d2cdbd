/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include "kernel/sizes.h"
#include "kernel/types.h"

/* At most a few messages in some seconds, then silence and a count. */
struct kn_ratelimit {
	u64 storage[(KN_SIZEOF_RATELIMIT + 7) / 8];
};

KN_BEGIN

/**
 * kn_ratelimit_init() - initialise a limit
 * @limit: one for each object that a guest or device can make talk
 *
 * Context: any.
 */
void kn_ratelimit_init(struct kn_ratelimit *limit);

/**
 * kn_ratelimit_ok() - whether one more message may be written
 * @limit: the limit
 *
 * Context: any.
 */
bool kn_ratelimit_ok(struct kn_ratelimit *limit);

/**
 * kn_info() - write an informational message
 * @pci: the function it is about
 * @format: as printf's, without a line feed
 *
 * Context: any.
 */
void kn_info(struct kn_pci *pci, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * kn_warn() - write a warning
 * @pci: the function it is about
 * @format: as printf's, without a line feed
 *
 * Context: any.
 */
void kn_warn(struct kn_pci *pci, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

KN_END

#endif
