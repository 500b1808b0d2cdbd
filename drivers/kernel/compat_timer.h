/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between kernels' timers; see compat.h. */
#ifndef DRIVERS_KERNEL_COMPAT_TIMER_H
#define DRIVERS_KERNEL_COMPAT_TIMER_H

#include <linux/timer.h>

#ifdef KN_HAVE_TIMER_DELETE_SYNC
#define kn_timer_delete_sync timer_delete_sync
#else
#define kn_timer_delete_sync del_timer_sync
#endif

#endif
