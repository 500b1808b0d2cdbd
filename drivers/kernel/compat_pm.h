/* SPDX-License-Identifier: GPL-2.0-only */
/* Runtime power management, which a kernel may be built without. */
#ifndef DRIVERS_KERNEL_COMPAT_PM_H
#define DRIVERS_KERNEL_COMPAT_PM_H

#include <linux/device.h>

/*
 * Nanoseconds that @dev has been suspended, ever. The driver core adds to them before it sets the
 * status to RPM_RESUMING. pm_runtime_suspended_time() takes a lock, which costs more than the rest
 * of an access that needs no command.
 */
static inline u64 kn_suspended_ns(struct device *dev)
{
#ifdef CONFIG_PM
	return READ_ONCE(dev->power.suspended_time);
#else
	return 0;
#endif
}

#endif
