/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KERNEL_EVENT_H
#define KERNEL_EVENT_H

#include "kernel/sizes.h"
#include "kernel/types.h"

/* An eventfd of the user (struct eventfd_ctx), by which a driver tells something. */
struct kn_event;

/**
 * typedef kn_listener_handler - an eventfd was signalled
 * @context: of the listener
 *
 * Context: atomic, with interrupts off and the eventfd's own lock held: it must not signal any
 * eventfd. Return: whether the listener's thread is to run.
 */
typedef bool (*kn_listener_handler)(void *context);
/* Runs soon after its handler has asked for it. Context: may sleep. */
typedef void (*kn_listener_thread)(void *context);

/* A place that listens to an eventfd of the user. */
struct kn_listener {
	u64 storage[(KN_SIZEOF_LISTENER + 7) / 8];
};

KN_BEGIN

/**
 * kn_event_get() - hold an eventfd
 * @event: set on success
 * @fd: its descriptor in the calling process
 *
 * Context: may sleep. Return: 0, or a negative errno: -EBADF for no descriptor, -EINVAL for one of
 * another file.
 */
int kn_event_get(struct kn_event **event, int fd);

/**
 * kn_event_put() - undo kn_event_get()
 * @event: the eventfd
 *
 * Context: may sleep.
 */
void kn_event_put(struct kn_event *event);

/**
 * kn_event_signal() - add 1 to an eventfd
 * @event: the eventfd
 *
 * Others' handlers may run inside. Context: any, but not in a listener's handler, and without
 * spinlocks.
 */
void kn_event_signal(struct kn_event *event);

/**
 * kn_listener_init() - initialise a listener
 * @listener: the listener
 * @handler: called for each signal
 * @thread: run if @handler asks for it; once for several signals
 * @context: the argument of both
 *
 * Context: any.
 */
void kn_listener_init(struct kn_listener *listener, kn_listener_handler handler,
		      kn_listener_thread thread, void *context);

/**
 * kn_listener_start() - listen to an eventfd
 * @listener: initialised
 * @fd: its descriptor in the calling process
 *
 * An eventfd that is signalled already calls the handler at once. When the user closes the eventfd,
 * the listener stops by itself. Calls of start and stop need a common lock of their callers, which
 * the thread must not take.
 *
 * Context: may sleep. Return: 0; -EBUSY if it listens already; or as kn_event_get().
 */
int kn_listener_start(struct kn_listener *listener, int fd);

/**
 * kn_listener_flush() - wait for the thread, if it runs or is to run
 * @listener: initialised
 *
 * Context: may sleep; not in the thread.
 */
void kn_listener_flush(struct kn_listener *listener);

/**
 * kn_listener_stop() - end it, and wait for its thread
 * @listener: initialised; it may have been stopped
 *
 * Context: may sleep.
 */
void kn_listener_stop(struct kn_listener *listener);

KN_END

#endif
