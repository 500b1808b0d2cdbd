/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A balloon that counts the pages it is given and touches none. The page
 * numbers are those of a guest inside the emulated machine: to look them up
 * in that machine's memory would take away what belongs to somebody else.
 */
#include "qemu/osdep.h"
#include "qapi/visitor.h"
#include "qobject/qdict.h"
#include "qemu/iov.h"
#include "standard-headers/linux/virtio_balloon.h"
#include "standard-headers/linux/virtio_ids.h"
#include "owner.h"

#define QUEUE_SIZE 128

OBJECT_DECLARE_SIMPLE_TYPE(CountingBalloon, VIRTIO_COUNTING_BALLOON)

struct CountingBalloon {
    VirtIODevice parent_obj;
    VirtQueue *inflate_queue;
    VirtQueue *deflate_queue;
    uint32_t num_pages;
    uint32_t actual;
    uint64_t inflated;
    uint64_t deflated;
};

static void handle_pages(VirtIODevice *vdev, VirtQueue *vq)
{
    CountingBalloon *b = VIRTIO_COUNTING_BALLOON(vdev);
    uint64_t *count = vq == b->inflate_queue ? &b->inflated : &b->deflated;
    VirtQueueElement *elem;

    while ((elem = virtqueue_pop(vq, sizeof(*elem)))) {
        *count += iov_size(elem->out_sg, elem->out_num) / sizeof(uint32_t);
        virtqueue_push(vq, elem, 0);
        virtio_notify(vdev, vq);
        g_free(elem);
    }
}

/* Little-endian in legacy devices, too. */
static void balloon_get_config(VirtIODevice *vdev, uint8_t *data)
{
    CountingBalloon *b = VIRTIO_COUNTING_BALLOON(vdev);

    stl_le_p(data + offsetof(struct virtio_balloon_config, num_pages),
             b->num_pages);
    stl_le_p(data + offsetof(struct virtio_balloon_config, actual),
             b->actual);
}

static void balloon_set_config(VirtIODevice *vdev, const uint8_t *data)
{
    VIRTIO_COUNTING_BALLOON(vdev)->actual =
        ldl_le_p(data + offsetof(struct virtio_balloon_config, actual));
}

static uint64_t balloon_get_features(VirtIODevice *vdev, uint64_t features,
                                     Error **errp)
{
    return features;
}

/* A driver that starts anew has nothing in the balloon. */
static void balloon_reset(VirtIODevice *vdev)
{
    VIRTIO_COUNTING_BALLOON(vdev)->actual = 0;
}

static void balloon_realize(DeviceState *dev, Error **errp)
{
    CountingBalloon *b = VIRTIO_COUNTING_BALLOON(dev);
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);

    /* The fields behind these two come with features that it lacks. */
    virtio_init(vdev, VIRTIO_ID_BALLOON,
                offsetof(struct virtio_balloon_config, free_page_hint_cmd_id));
    b->inflate_queue = virtio_add_queue(vdev, QUEUE_SIZE, handle_pages);
    b->deflate_queue = virtio_add_queue(vdev, QUEUE_SIZE, handle_pages);
}

static void balloon_unrealize(DeviceState *dev)
{
    CountingBalloon *b = VIRTIO_COUNTING_BALLOON(dev);

    virtio_delete_queue(b->inflate_queue);
    virtio_delete_queue(b->deflate_queue);
    virtio_cleanup(VIRTIO_DEVICE(dev));
}

void balloon_member_stats(VirtIODevice *vdev, QDict *dict)
{
    CountingBalloon *b = VIRTIO_COUNTING_BALLOON(vdev);

    qdict_put_int(dict, "inflated", b->inflated);
    qdict_put_int(dict, "deflated", b->deflated);
    qdict_put_int(dict, "actual", b->actual);
}

/* What the driver said last, "actual", is no counter and stays. */
void balloon_member_stats_reset(VirtIODevice *vdev)
{
    CountingBalloon *b = VIRTIO_COUNTING_BALLOON(vdev);

    b->inflated = 0;
    b->deflated = 0;
}

static void get_pages(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    VirtIOMemberPCI *m = owner_nth_member(VIRTIO_OWNER_PCI(obj), 0);
    uint32_t pages = m ? VIRTIO_COUNTING_BALLOON(m->vdev)->num_pages : 0;

    visit_type_uint32(v, name, &pages, errp);
}

/* Asks the drivers of all members for so many pages. */
static void set_pages(Object *obj, Visitor *v, const char *name, void *opaque,
                      Error **errp)
{
    VirtIOMemberPCI *m;
    uint32_t pages;
    unsigned i;

    if (!visit_type_uint32(v, name, &pages, errp)) {
        return;
    }
    for (i = 0; (m = owner_nth_member(VIRTIO_OWNER_PCI(obj), i)); i++) {
        VIRTIO_COUNTING_BALLOON(m->vdev)->num_pages = pages;
        virtio_notify_config(m->vdev);
    }
}

void balloon_owner_class_init(ObjectClass *klass)
{
    object_class_property_add(klass, "member-pages", "uint32", get_pages,
                              set_pages, NULL, NULL);
}

static void balloon_class_init(ObjectClass *klass, void *data)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    vdc->realize = balloon_realize;
    vdc->unrealize = balloon_unrealize;
    vdc->get_config = balloon_get_config;
    vdc->set_config = balloon_set_config;
    vdc->get_features = balloon_get_features;
    vdc->reset = balloon_reset;
}

static const TypeInfo balloon_info = {
    .name = TYPE_VIRTIO_COUNTING_BALLOON,
    .parent = TYPE_VIRTIO_DEVICE,
    .instance_size = sizeof(CountingBalloon),
    .class_init = balloon_class_init,
};

static void balloon_register_types(void)
{
    type_register_static(&balloon_info);
}

type_init(balloon_register_types)
