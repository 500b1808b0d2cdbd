/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What distinguishes groups of one device type from those of another. An
 * owner, its members and their names follow from one entry of the table in
 * group-types.c: virtio-NAME-owner-pci and virtio-NAME-member-pci.
 */
#ifndef HW_VIRTIO_GROUP_TYPE_H
#define HW_VIRTIO_GROUP_TYPE_H

#include "hw/virtio/virtio.h"
#include "hw/virtio/virtio-pci.h"

#define TYPE_VIRTIO_COUNTING_BALLOON "virtio-counting-balloon-device"

typedef struct VirtIOOwnerPCI VirtIOOwnerPCI;
typedef struct VirtIOMemberPCI VirtIOMemberPCI;

/* One field of a register block; no width: up to the block's end. */
typedef struct LegacyField {
    uint8_t offset;
    uint8_t width;
} LegacyField;

typedef struct GroupType {
    const char *name;
    /* The device model behind owner and members. */
    const char *model;
    uint16_t virtio_id;
    /* The same for owner and members, as PCI's SR-IOV chapter wants it. */
    uint16_t pci_class;
    /* Queues of the model; by a function if they follow the back end. */
    unsigned queues;
    unsigned (*count_queues)(VirtIODevice *vdev);
    /* Device configuration, as far as legacy drivers know it. */
    const LegacyField *fields;
    size_t num_fields;

    /* All optional. Properties of the owner that only this type has. */
    void (*owner_class_init)(ObjectClass *klass);
    /* Changed defaults of the model; the command line comes later. */
    void (*model_init)(VirtIODevice *vdev);
    /* Before a member is realized: its back end, its properties. */
    bool (*member_prepare)(VirtIOMemberPCI *m, Error **errp);
    /* What the model counted for itself. */
    void (*member_stats)(VirtIODevice *vdev, QDict *dict);
    /* Sets these counters to 0. */
    void (*member_stats_reset)(VirtIODevice *vdev);
} GroupType;

/* net-group.c */
unsigned net_count_queues(VirtIODevice *vdev);
void net_owner_class_init(ObjectClass *klass);
bool net_member_prepare(VirtIOMemberPCI *m, Error **errp);

/* balloon-device.c */
void balloon_owner_class_init(ObjectClass *klass);
void balloon_member_stats(VirtIODevice *vdev, QDict *dict);
void balloon_member_stats_reset(VirtIODevice *vdev);

/* group-types.c */
void group_types_register(void (*register_type)(const GroupType *type));
unsigned group_queues(const GroupType *type, VirtIODevice *vdev);
char *group_type_name(const GroupType *type, const char *role);
void group_class_init(ObjectClass *klass, void *data);
VirtIODevice *group_add_model(Object *proxy, const GroupType *type,
                              const char *model);
bool group_realize_model(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                         Error **errp);

#endif
