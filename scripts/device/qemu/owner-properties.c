/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Properties of an owner that can be read or set while the machine runs.
 */
#include "qemu/osdep.h"
#include "qapi/visitor.h"
#include "owner.h"

static const char *const notify_info_names[NOTIFY_INFO_KINDS] = {
    [NOTIFY_INFO_NONE] = "none",
    [NOTIFY_INFO_OWNER] = "owner",
    [NOTIFY_INFO_MEMBER] = "member",
    [NOTIFY_INFO_BOTH] = "both",
    [NOTIFY_INFO_INVALID_OWNER] = "invalid-owner",
    [NOTIFY_INFO_INVALID_MEMBER] = "invalid-member",
    [NOTIFY_INFO_INVALID_STRUCTURE] = "invalid-structure",
    [NOTIFY_INFO_INVALID_FOREIGN] = "invalid-foreign",
    [NOTIFY_INFO_INVALID_ONLY] = "invalid-only",
    [NOTIFY_INFO_REFUSED] = "refused",
};

static char *get_notify_info(Object *obj, Error **errp)
{
    return g_strdup(notify_info_names[VIRTIO_OWNER_PCI(obj)->notify_info]);
}

static void set_notify_info(Object *obj, const char *value, Error **errp)
{
    int i;

    for (i = 0; i < NOTIFY_INFO_KINDS; i++) {
        if (!strcmp(value, notify_info_names[i])) {
            VIRTIO_OWNER_PCI(obj)->notify_info = i;
            return;
        }
    }
    error_setg(errp, "notify-info is none, owner, member, both, refused or "
               "invalid-owner, -member, -structure, -foreign, -only");
}

static char *get_latency_model(Object *obj, Error **errp)
{
    return g_strdup(VIRTIO_OWNER_PCI(obj)->queue.serial ? "serial"
                                                        : "pipelined");
}

static void set_latency_model(Object *obj, const char *value, Error **errp)
{
    bool serial = !strcmp(value, "serial");

    if (!serial && strcmp(value, "pipelined")) {
        error_setg(errp, "latency-model is pipelined or serial");
        return;
    }
    VIRTIO_OWNER_PCI(obj)->queue.serial = serial;
}

static char *get_admin_order(Object *obj, Error **errp)
{
    return g_strdup(VIRTIO_OWNER_PCI(obj)->queue.order_members ? "members"
                                                               : "arrival");
}

static void set_admin_order(Object *obj, const char *value, Error **errp)
{
    bool members = !strcmp(value, "members");

    if (!members && strcmp(value, "arrival")) {
        error_setg(errp, "admin-order is arrival or members");
        return;
    }
    VIRTIO_OWNER_PCI(obj)->queue.order_members = members;
    admin_queue_run(VIRTIO_OWNER_PCI(obj));
}

/* Getter and setter: the visitor knows which. */
static void access_latency(Object *obj, Visitor *v, const char *name,
                           void *opaque, Error **errp)
{
    visit_type_uint32(v, name, &VIRTIO_OWNER_PCI(obj)->queue.latency_us,
                      errp);
}

static void access_member_reset(Object *obj, Visitor *v, const char *name,
                                void *opaque, Error **errp)
{
    visit_type_uint32(v, name, &VIRTIO_OWNER_PCI(obj)->member_reset_ms,
                      errp);
}

static void access_queue_reset(Object *obj, Visitor *v, const char *name,
                               void *opaque, Error **errp)
{
    visit_type_uint32(v, name, &VIRTIO_OWNER_PCI(obj)->queue.reset_ms, errp);
}

static void get_queue_index(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    visit_type_uint16(v, name, &VIRTIO_OWNER_PCI(obj)->queue.next_index,
                      errp);
}

static void set_queue_index(Object *obj, Visitor *v, const char *name,
                            void *opaque, Error **errp)
{
    uint16_t index;

    if (visit_type_uint16(v, name, &index, errp)) {
        admin_ring_set_index(VIRTIO_OWNER_PCI(obj), index, errp);
    }
}

static bool get_no_notify(Object *obj, Error **errp)
{
    return VIRTIO_OWNER_PCI(obj)->queue.no_notify;
}

static void set_no_notify(Object *obj, bool value, Error **errp)
{
    admin_ring_set_no_notify(VIRTIO_OWNER_PCI(obj), value);
}

static bool get_strict(Object *obj, Error **errp)
{
    return VIRTIO_OWNER_PCI(obj)->strict_vf_enable;
}

static void set_strict(Object *obj, bool value, Error **errp)
{
    VIRTIO_OWNER_PCI(obj)->strict_vf_enable = value;
}

static bool get_forget_list(Object *obj, Error **errp)
{
    return VIRTIO_OWNER_PCI(obj)->forget_list;
}

static void set_forget_list(Object *obj, bool value, Error **errp)
{
    VIRTIO_OWNER_PCI(obj)->forget_list = value;
}

static char *get_fault(Object *obj, Error **errp)
{
    return admin_faults_format(VIRTIO_OWNER_PCI(obj)->faults);
}

static void set_fault(Object *obj, const char *value, Error **errp)
{
    if (admin_faults_parse(value, VIRTIO_OWNER_PCI(obj)->faults, errp)) {
        admin_queue_release(VIRTIO_OWNER_PCI(obj));
    }
}

static char *get_pause(Object *obj, Error **errp)
{
    return controller_get_pause(VIRTIO_OWNER_PCI(obj));
}

static void set_pause(Object *obj, const char *value, Error **errp)
{
    controller_set_pause(VIRTIO_OWNER_PCI(obj), value, errp);
}

static char *get_stats(Object *obj, Error **errp)
{
    return admin_stats_json(VIRTIO_OWNER_PCI(obj));
}

static void set_stats_reset(Object *obj, bool value, Error **errp)
{
    if (value) {
        admin_stats_reset(VIRTIO_OWNER_PCI(obj));
    }
}

/* As after an error inside the device: it stops and asks for a reset. */
static void set_needs_reset(Object *obj, bool value, Error **errp)
{
    VirtIODevice *vdev = VIRTIO_OWNER_PCI(obj)->vdev;

    if (value) {
        vdev->status |= VIRTIO_CONFIG_S_NEEDS_RESET;
        /* A broken device sends nothing. */
        virtio_notify_config(vdev);
        vdev->broken = true;
    }
}

static void set_surprise_removal(Object *obj, bool value, Error **errp)
{
    if (value) {
        owner_remove_by_surprise(VIRTIO_OWNER_PCI(obj));
    }
}

void owner_class_add_properties(ObjectClass *klass)
{
    object_class_property_add_str(klass, "notify-info", get_notify_info,
                                  set_notify_info);
    object_class_property_add_str(klass, "latency-model", get_latency_model,
                                  set_latency_model);
    object_class_property_add_str(klass, "admin-order", get_admin_order,
                                  set_admin_order);
    object_class_property_add(klass, "latency-us", "uint32", access_latency,
                              access_latency, NULL, NULL);
    object_class_property_add(klass, "member-reset-ms", "uint32",
                              access_member_reset, access_member_reset, NULL,
                              NULL);
    object_class_property_add(klass, "queue-reset-ms", "uint32",
                              access_queue_reset, access_queue_reset, NULL,
                              NULL);
    object_class_property_add(klass, "admin-queue-index", "uint16",
                              get_queue_index, set_queue_index, NULL, NULL);
    object_class_property_add_bool(klass, "admin-no-notify", get_no_notify,
                                   set_no_notify);
    object_class_property_add_bool(klass, "strict-vf-enable", get_strict,
                                   set_strict);
    object_class_property_add_bool(klass, "forget-list", get_forget_list,
                                   set_forget_list);
    owner_class_add_vector_properties(klass);
    object_class_property_add_str(klass, "fault", get_fault, set_fault);
    object_class_property_add_str(klass, "pause", get_pause, set_pause);
    object_class_property_add_str(klass, "admin-stats", get_stats, NULL);
    object_class_property_add_bool(klass, "admin-stats-reset", NULL,
                                   set_stats_reset);
    object_class_property_add_bool(klass, "needs-reset", NULL,
                                   set_needs_reset);
    object_class_property_add_bool(klass, "surprise-removal", NULL,
                                   set_surprise_removal);
}
