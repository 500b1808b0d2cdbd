/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The owner's virtio device: that of its type with one more queue, the
 * administration virtqueue, and the features that announce it.
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-bus.h"
#include "owner.h"

/* The class of the device model that this one extends. */
static VirtioDeviceClass *model_class(VirtIODevice *vdev)
{
    ObjectClass *klass = object_get_class(OBJECT(vdev));

    return VIRTIO_DEVICE_CLASS(object_class_get_parent(klass));
}

VirtIOOwnerPCI *owner_of_device(VirtIODevice *vdev)
{
    return VIRTIO_OWNER_PCI(qdev_get_parent_bus(DEVICE(vdev))->parent);
}

static void owner_realize(DeviceState *dev, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);
    VirtIOOwnerPCI *o = owner_of_device(vdev);
    ERRP_GUARD();

    model_class(vdev)->realize(dev, errp);
    if (*errp || !o->admin_vq) {
        return;
    }
    admin_ring_init(o, vdev, errp);
    if (*errp) {
        model_class(vdev)->unrealize(dev);
    }
}

static void owner_unrealize(DeviceState *dev)
{
    VirtIODevice *vdev = VIRTIO_DEVICE(dev);

    admin_ring_cleanup(owner_of_device(vdev));
    model_class(vdev)->unrealize(dev);
}

static uint64_t owner_get_features(VirtIODevice *vdev, uint64_t features,
                                   Error **errp)
{
    VirtIOOwnerPCI *o = owner_of_device(vdev);

    features = model_class(vdev)->get_features(vdev, features, errp);
    virtio_add_feature(&features, VIRTIO_F_SR_IOV);
    if (o->admin_vq) {
        virtio_add_feature(&features, VIRTIO_F_ADMIN_VQ);
    }
    if (o->order_platform) {
        virtio_add_feature(&features, VIRTIO_F_ORDER_PLATFORM);
    }
    return features;
}

/* QEMU would mask what was never offered, and say nothing. */
static int owner_validate_features(VirtIODevice *vdev)
{
    VirtIOOwnerPCI *o = owner_of_device(vdev);
    VirtIOPCIProxy *proxy = VIRTIO_PCI(o);
    uint64_t wanted = (uint64_t)proxy->guest_features[1] << 32 |
                      proxy->guest_features[0];

    if (wanted & ~vdev->host_features) {
        admin_violation(o, "features accepted but not offered: 0x%" PRIx64,
                        wanted & ~vdev->host_features);
        return -EINVAL;
    }
    return 0;
}

/* A reset forgets the commands in flight and the list of LIST_USE. */
static void owner_reset(VirtIODevice *vdev)
{
    VirtIOOwnerPCI *o = owner_of_device(vdev);

    admin_trace_event(o, "owner reset");
    admin_ring_device_reset(o);
    admin_command_reset(o);
    if (o->drop_msix) {
        owner_drop_msix(o);
    }
    if (model_class(vdev)->reset) {
        model_class(vdev)->reset(vdev);
    }
}

static void owner_queue_reset(VirtIODevice *vdev, uint32_t queue)
{
    VirtIOOwnerPCI *o = owner_of_device(vdev);

    if (o->queue.vq && queue == o->queue.index) {
        admin_trace_event(o, "admin queue reset");
        admin_queue_reset(o);
        return;
    }
    if (model_class(vdev)->queue_reset) {
        model_class(vdev)->queue_reset(vdev, queue);
    }
}

static void owner_class_init(ObjectClass *klass, void *data)
{
    VirtioDeviceClass *vdc = VIRTIO_DEVICE_CLASS(klass);

    vdc->realize = owner_realize;
    vdc->unrealize = owner_unrealize;
    vdc->get_features = owner_get_features;
    vdc->validate_features = owner_validate_features;
    vdc->reset = owner_reset;
    vdc->queue_reset = owner_queue_reset;
}

static void register_owner(const GroupType *type)
{
    g_autofree char *name = group_type_name(type, "owner-device");
    const TypeInfo info = {
        .name = name,
        .parent = type->model,
        .class_init = owner_class_init,
    };

    type_register_static(&info);
}

static void owner_register_types(void)
{
    group_types_register(register_owner);
}

type_init(owner_register_types)
