/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring of the administration virtqueue: its index, its notifications and
 * its reset.
 */
#include "qemu/osdep.h"
#include "owner.h"

/* Of a device that asks for no notifications. */
#define POLL_NS (100 * SCALE_US)

static AdminCommand *take_command(VirtIOOwnerPCI *o)
{
    VirtQueue *vq = o->queue.vq;

    if (!virtio_vdev_has_feature(o->vdev, VIRTIO_RING_F_INDIRECT_DESC) &&
        virtqueue_next_is_indirect(vq)) {
        admin_violation(o, "indirect descriptor, not negotiated");
    }
    return virtqueue_pop(vq, sizeof(AdminCommand));
}

static void take_all(VirtIOOwnerPCI *o)
{
    AdminCommand *cmd;

    while (!o->queue.resetting && (cmd = take_command(o))) {
        admin_queue_accept(o, cmd);
    }
    admin_queue_run(o);
}

static void handle_notification(VirtIODevice *vdev, VirtQueue *vq)
{
    VirtIOOwnerPCI *o = owner_of_device(vdev);

    o->stats.notifications++;
    if (!virtio_vdev_has_feature(vdev, VIRTIO_F_ADMIN_VQ)) {
        admin_violation(o, "administration virtqueue used, not negotiated");
    } else if (!(vdev->status & VIRTIO_CONFIG_S_DRIVER_OK)) {
        admin_violation(o, "administration virtqueue used before DRIVER_OK");
    } else {
        take_all(o);
    }
}

static bool is_working(VirtIOOwnerPCI *o)
{
    return virtio_vdev_has_feature(o->vdev, VIRTIO_F_ADMIN_VQ) &&
           (o->vdev->status & VIRTIO_CONFIG_S_DRIVER_OK) &&
           virtio_queue_ready(o->queue.vq) &&
           !virtio_device_disabled(o->vdev);
}

/* The flag is in the driver's memory, so it is set after each enabling. */
static void poll(void *opaque)
{
    VirtIOOwnerPCI *o = opaque;
    AdminQueue *q = &o->queue;

    if (is_working(o)) {
        virtio_queue_set_notification(q->vq, 0);
        take_all(o);
        timer_mod(q->poll_timer,
                  qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + POLL_NS);
    }
}

/* The driver enabled a queue or the device. */
void admin_ring_enabled(VirtIOOwnerPCI *o)
{
    if (o->queue.vq && o->queue.no_notify) {
        poll(o);
    }
}

void admin_ring_set_no_notify(VirtIOOwnerPCI *o, bool on)
{
    AdminQueue *q = &o->queue;

    q->no_notify = on;
    if (!q->vq) {
        return;
    }
    if (on) {
        poll(o);
        return;
    }
    timer_del(q->poll_timer);
    if (is_working(o)) {
        virtio_queue_set_notification(q->vq, 1);
        take_all(o);
    }
}

static bool check_index(VirtIOOwnerPCI *o, VirtIODevice *vdev, unsigned index,
                        Error **errp)
{
    unsigned others = MAX(virtio_get_num_queues(vdev),
                          group_queues(o->type, vdev));

    if (index <= others || index >= VIRTIO_QUEUE_MAX) {
        error_setg(errp, "an administration virtqueue is at an index from "
                   "%u to %u here, not at %u", others + 1,
                   VIRTIO_QUEUE_MAX - 1, index);
        return false;
    }
    return true;
}

/* A device reset moves the queue there. */
void admin_ring_set_index(VirtIOOwnerPCI *o, uint16_t index, Error **errp)
{
    if (!o->queue.vq || check_index(o, o->vdev, index, errp)) {
        o->queue.next_index = index;
    }
}

static void add_queue(VirtIOOwnerPCI *o, VirtIODevice *vdev)
{
    AdminQueue *q = &o->queue;

    q->index = q->next_index;
    q->vq = virtio_add_queue_at(vdev, q->index, o->admin_queue_size,
                                handle_notification);
}

static void stop_resetting(AdminQueue *q)
{
    q->resetting = false;
    timer_del(q->reset_timer);
}

static void reset_is_over(void *opaque)
{
    VirtIOOwnerPCI *o = opaque;

    stop_resetting(&o->queue);
    common_config_reset_queue(o, o->queue.index);
}

/* Until its end the device keeps the commands, but executes none. */
void admin_ring_begin_reset(VirtIOOwnerPCI *o)
{
    AdminQueue *q = &o->queue;

    if (q->resetting) {
        return;
    }
    admin_trace_event(o, "admin queue reset begins");
    q->resetting = true;
    timer_mod(q->reset_timer,
              qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) + q->reset_ms);
}

/* The commands are taken back, and the queue may move. */
void admin_ring_device_reset(VirtIOOwnerPCI *o)
{
    AdminQueue *q = &o->queue;

    if (!q->vq) {
        return;
    }
    stop_resetting(q);
    admin_queue_reset(o);
    if (q->next_index != q->index) {
        virtio_delete_queue(q->vq);
        add_queue(o, o->vdev);
    }
}

void admin_ring_init(VirtIOOwnerPCI *o, VirtIODevice *vdev, Error **errp)
{
    AdminQueue *q = &o->queue;

    if (!check_index(o, vdev, q->next_index, errp)) {
        return;
    }
    add_queue(o, vdev);
    q->poll_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, poll, o);
    q->reset_timer = timer_new_ms(QEMU_CLOCK_VIRTUAL, reset_is_over, o);
    admin_queue_init(o);
}

void admin_ring_cleanup(VirtIOOwnerPCI *o)
{
    AdminQueue *q = &o->queue;

    if (!q->vq) {
        return;
    }
    admin_queue_cleanup(o);
    timer_free(q->poll_timer);
    timer_free(q->reset_timer);
    virtio_delete_queue(q->vq);
    q->vq = NULL;
}
