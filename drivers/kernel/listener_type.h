/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef DRIVERS_KERNEL_LISTENER_TYPE_H
#define DRIVERS_KERNEL_LISTENER_TYPE_H

#include <linux/types.h>

struct virqfd;

/**
 * struct kn_listener_type - what struct kn_listener stores
 * @handler: called for each signal
 * @thread: run if @handler asks for it
 * @context: the argument of both
 * @virqfd: VFIO's part; VFIO sets it to NULL when the user closes the eventfd
 */
struct kn_listener_type {
	bool (*handler)(void *context);
	void (*thread)(void *context);
	void *context;
	struct virqfd *virqfd;
};

#endif
