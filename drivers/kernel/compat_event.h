/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between kernels in eventfds. As compat.h: by features of the headers. */
#ifndef DRIVERS_KERNEL_COMPAT_EVENT_H
#define DRIVERS_KERNEL_COMPAT_EVENT_H

#include <linux/eventfd.h>

/* Until 6.7 it takes a count. */
static inline void kn_eventfd_signal(struct eventfd_ctx *context)
{
#ifdef KN_HAVE_EVENTFD_SIGNAL_COUNT
	eventfd_signal(context, 1);
#else
	eventfd_signal(context);
#endif
}

#endif
