/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What virtio-queue.c.inc and virtio-pci-legacy.c.inc add to QEMU's virtio.c
 * and virtio-pci.c, because the structures there are private.
 */
#ifndef HW_VIRTIO_OWNER_QUEUE_H
#define HW_VIRTIO_OWNER_QUEUE_H

#include "hw/virtio/virtio.h"
#include "hw/virtio/virtio-pci.h"

/* A queue at a chosen index. */
VirtQueue *virtio_add_queue_at(VirtIODevice *vdev, int index, int size,
                               VirtIOHandleOutput handle_output);
/* A used entry that the device gives out a second time. */
void virtqueue_push_used_again(VirtQueue *vq, unsigned int index,
                               unsigned int len);
/* Requests that the device has done since the queue was set up. */
uint16_t virtio_queue_used_index(VirtIODevice *vdev, int index);
/* Whether the next buffer that the driver made available is indirect. */
bool virtqueue_next_is_indirect(VirtQueue *vq);
/*
 * A paused device takes no buffers from its queues. Buffers that it took
 * before complete. The caller rings the queues after resuming.
 */
void virtio_device_pause(VirtIODevice *vdev);
void virtio_device_resume(VirtIODevice *vdev);
bool virtqueue_is_paused(VirtQueue *vq);

/* The register code of a transitional device's I/O BAR. */
uint32_t virtio_pci_legacy_read(VirtIOPCIProxy *proxy, uint32_t offset);
void virtio_pci_legacy_write(VirtIOPCIProxy *proxy, uint32_t offset,
                             uint32_t value);

#endif
