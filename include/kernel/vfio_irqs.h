/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupts as VFIO's user asks for them, and vectors that the driver has beside VFIO. */
#ifndef KERNEL_VFIO_IRQS_H
#define KERNEL_VFIO_IRQS_H

#include "kernel/irq.h"
#include "kernel/types.h"

/* Numbers of ioctls. */
#define KN_VFIO_DEVICE_GET_IRQ_INFO	0x3b6d
#define KN_VFIO_DEVICE_SET_IRQS		0x3b6e

/* Kinds of interrupts: struct vfio_irq_set's index. */
#define KN_VFIO_IRQ_INTX	0
#define KN_VFIO_IRQ_MSI		1
#define KN_VFIO_IRQ_MSIX	2

/* Flags of struct vfio_irq_info. */
#define KN_VFIO_IRQ_INFO_EVENTFD	0x1
#define KN_VFIO_IRQ_INFO_MASKABLE	0x2
#define KN_VFIO_IRQ_INFO_AUTOMASKED	0x4

/* Flags of struct vfio_irq_set: one kind of data, and one action. */
#define KN_VFIO_IRQ_DATA_NONE		0x01
#define KN_VFIO_IRQ_DATA_BOOL		0x02
#define KN_VFIO_IRQ_DATA_EVENTFD	0x04
#define KN_VFIO_IRQ_MASK		0x08
#define KN_VFIO_IRQ_UNMASK		0x10
#define KN_VFIO_IRQ_TRIGGER		0x20

/**
 * struct kn_vfio_irq_info - struct vfio_irq_info
 * @argsz: bytes that the user has room for
 * @flags: KN_VFIO_IRQ_INFO_*
 * @index: kind of interrupt
 * @count: interrupts of that kind
 */
struct kn_vfio_irq_info {
	u32 argsz;
	u32 flags;
	u32 index;
	u32 count;
};

/**
 * struct kn_vfio_irq_set - struct vfio_irq_set, without its data
 * @argsz: bytes with the data behind
 * @flags: KN_VFIO_IRQ_DATA_* and one of the actions
 * @index: kind of interrupt
 * @start: the first interrupt
 * @count: how many
 */
struct kn_vfio_irq_set {
	u32 argsz;
	u32 flags;
	u32 index;
	u32 start;
	u32 count;
};

/* MSI-X vectors that a driver uses itself while VFIO has none. */
#define KN_VFIO_VECTORS	2

/**
 * struct kn_vfio_vectors - their handlers
 * @irq: of each vector
 * @name: of each, for /proc/interrupts
 * @count: vectors that have a handler
 */
struct kn_vfio_vectors {
	struct kn_irq irq[KN_VFIO_VECTORS];
	char name[KN_VFIO_VECTORS][40];
	u32 count;
};

KN_BEGIN

/**
 * kn_vfio_intx_supported() - whether all that INTx relies on was found in the kernel's headers
 *
 * Context: any.
 */
bool kn_vfio_intx_supported(void);

/**
 * kn_vfio_irqs_unused() - whether VFIO has no kind of interrupt enabled
 * @vfio: an open device
 *
 * Context: any; no VFIO_DEVICE_SET_IRQS may run, or the answer is old.
 */
bool kn_vfio_irqs_unused(struct kn_vfio *vfio);

/**
 * kn_vfio_vectors_setup() - enable MSI-X, and install a handler for each vector
 * @vfio: an open device without interrupts of VFIO's
 * @vectors: filled in; must stay until kn_vfio_vectors_release()
 * @handler: called for each interrupt
 * @context: its first argument
 *
 * Asks for KN_VFIO_VECTORS. If the function or the host has fewer, one is enough.
 *
 * Context: may sleep; takes memory_lock for write. Return: how many there are, or a negative errno,
 * -EINTR if the task is being killed. No vector is left after an error.
 */
int kn_vfio_vectors_setup(struct kn_vfio *vfio, struct kn_vfio_vectors *vectors,
			  kn_irq_handler handler, void *context);

/**
 * kn_vfio_vectors_sync() - wait for handlers that run
 * @vfio: an open device
 * @vectors: set up
 *
 * Context: may sleep.
 */
void kn_vfio_vectors_sync(struct kn_vfio *vfio, struct kn_vfio_vectors *vectors);

/**
 * kn_vfio_vectors_release() - undo kn_vfio_vectors_setup()
 * @vfio: an open device; it may be gone
 * @vectors: set up
 *
 * No handler runs afterwards. Context: may sleep; takes memory_lock for write.
 */
void kn_vfio_vectors_release(struct kn_vfio *vfio, struct kn_vfio_vectors *vectors);

KN_END

#endif
