// SPDX-License-Identifier: GPL-2.0-only
#include <linux/err.h>
#include <linux/eventfd.h>

#include "drivers/kernel/compat_event.h"
#include "drivers/kernel/listener_type.h"
#include "kernel/event.h"

int kn_event_get(struct kn_event **event, int fd)
{
	struct eventfd_ctx *context = eventfd_ctx_fdget(fd);

	if (IS_ERR(context))
		return PTR_ERR(context);
	*event = (struct kn_event *)context;
	return 0;
}

void kn_event_put(struct kn_event *event)
{
	eventfd_ctx_put((struct eventfd_ctx *)event);
}

void kn_event_signal(struct kn_event *event)
{
	kn_eventfd_signal((struct eventfd_ctx *)event);
}

static struct kn_listener_type *to_listener(struct kn_listener *listener)
{
	BUILD_BUG_ON(sizeof(*listener) < sizeof(struct kn_listener_type));
	return (struct kn_listener_type *)listener;
}

static int kn_listener_handler_entry(void *opaque, void *data)
{
	const struct kn_listener_type *type = opaque;

	return type->handler(type->context);
}

static void kn_listener_thread_entry(void *opaque, void *data)
{
	const struct kn_listener_type *type = opaque;

	type->thread(type->context);
}

void kn_listener_init(struct kn_listener *listener, kn_listener_handler handler,
		      kn_listener_thread thread, void *context)
{
	*to_listener(listener) = (struct kn_listener_type){
		.handler = handler, .thread = thread, .context = context };
}

int kn_listener_start(struct kn_listener *listener, int fd)
{
	struct kn_listener_type *type = to_listener(listener);

	return kn_virqfd_enable(type, kn_listener_handler_entry, kn_listener_thread_entry, NULL,
				&type->virqfd, fd);
}

void kn_listener_flush(struct kn_listener *listener)
{
	kn_virqfd_flush(&to_listener(listener)->virqfd);
}

/* Also where VFIO has stopped it: that may still be under way. */
void kn_listener_stop(struct kn_listener *listener)
{
	kn_virqfd_disable(&to_listener(listener)->virqfd);
}
