/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between kernels in eventfds. As compat.h: by features of the headers. */
#ifndef DRIVERS_KERNEL_COMPAT_EVENT_H
#define DRIVERS_KERNEL_COMPAT_EVENT_H

#include <linux/eventfd.h>
#include <linux/vfio.h>

/* Until 6.7 it takes a count. */
static inline void kn_eventfd_signal(struct eventfd_ctx *context)
{
#ifdef KN_HAVE_EVENTFD_SIGNAL_COUNT
	eventfd_signal(context, 1);
#else
	eventfd_signal(context);
#endif
}

/* Where VFIO has other listeners than the known ones, nothing listens. */
#ifdef KN_HAVE_VFIO_VIRQFD
#define kn_virqfd_enable vfio_virqfd_enable
#define kn_virqfd_disable vfio_virqfd_disable
#define kn_virqfd_flush vfio_virqfd_flush_thread
#else
static inline int kn_virqfd_enable(void *opaque, int (*handler)(void *opaque, void *data),
				   void (*thread)(void *opaque, void *data), void *data,
				   struct virqfd **virqfd, int fd)
{
	return -EOPNOTSUPP;
}

static inline void kn_virqfd_disable(struct virqfd **virqfd)
{
}

static inline void kn_virqfd_flush(struct virqfd **virqfd)
{
}
#endif

#endif
