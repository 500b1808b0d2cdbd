/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A virtio-net SR-IOV owner (PF) with an administration virtqueue, its
 * members (VFs), and the instruments that make it a test device.
 *
 * Section names in the comments are those of the virtio 1.4 specification.
 */
#ifndef HW_VIRTIO_OWNER_H
#define HW_VIRTIO_OWNER_H

#include "hw/virtio/virtio-net.h"
#include "hw/virtio/virtio-pci.h"
#include "admin.h"

#define TYPE_VIRTIO_NET_OWNER "virtio-net-owner-device"
#define TYPE_VIRTIO_NET_OWNER_PCI "virtio-net-owner-pci"
#define TYPE_VIRTIO_NET_MEMBER_PCI "virtio-net-member-pci"

OBJECT_DECLARE_SIMPLE_TYPE(VirtIONetOwnerPCI, VIRTIO_NET_OWNER_PCI)
OBJECT_DECLARE_SIMPLE_TYPE(VirtIONetMemberPCI, VIRTIO_NET_MEMBER_PCI)

/* virtio-net numbers its own queues from 0 and counts up to the first gap. */
#define OWNER_ADMIN_QUEUE_INDEX 64

#define OWNER_MEMBERS_MAX 255

/* BAR 1 is MSI-X, BARs 4 and 5 the virtio structures, BAR 0 nothing. */
#define DOORBELL_BAR 2
#define DOORBELL_BAR_SIZE 0x1000
#define MEMBER_DOORBELL_OFFSET 0x40
#define OWNER_DOORBELL_OFFSET(id) (0x100 + 4 * (id))

enum DoorbellWay {
    DOORBELL_OWNER,
    DOORBELL_MEMBER,
    DOORBELL_COMMAND,
    DOORBELL_WAYS,
};

enum NotifyInfo {
    NOTIFY_INFO_NONE,
    NOTIFY_INFO_OWNER,
    NOTIFY_INFO_MEMBER,
    NOTIFY_INFO_BOTH,
    NOTIFY_INFO_INVALID_OWNER,
    NOTIFY_INFO_INVALID_MEMBER,
    NOTIFY_INFO_INVALID_STRUCTURE,
    NOTIFY_INFO_INVALID_FOREIGN,
    NOTIFY_INFO_INVALID_ONLY,
    NOTIFY_INFO_REFUSED,
    NOTIFY_INFO_KINDS,
};

typedef struct MemberStats {
    uint64_t opcodes[ADMIN_OPCODES];
    uint64_t doorbells[DOORBELL_WAYS];
    uint64_t early_doorbells;
    uint64_t status0;
    uint64_t failed;
    uint64_t function_resets;
} MemberStats;

struct VirtIONetMemberPCI {
    VirtIOPCIProxy parent_obj;
    VirtIONet vdev;
    VirtIONetOwnerPCI *owner;
    uint16_t id;
    MemoryRegion doorbell;
    PCIConfigReadFunc *virtio_config_read;
    MemberStats stats;
    /* Until then the status register still reads as before the reset. */
    int64_t reset_until;
    uint8_t status_before_reset;
};

struct VirtIONetOwnerPCI {
    VirtIOPCIProxy parent_obj;
    VirtIONet vdev;

    uint16_t members;
    uint16_t member_device_id;
    char *member_netdev;
    MACAddr member_mac_base;
    uint16_t member_mtu;
    uint32_t member_reset_ms;

    uint16_t admin_queue_size;
    bool admin_vq;
    bool admin_legacy;
    bool strict_vf_enable;
    int notify_info;
    char *capability_fault;

    MemoryRegion doorbells;
    MemoryRegion num_queues;
    MemoryRegion admin_queue_fields;
    PCIConfigWriteFunc *virtio_config_write;

    AdminQueue queue;
    /* Opcodes that the driver declared with LIST_USE. */
    uint64_t used_commands;
    GArray *faults;
    AdminStats stats;
    char *trace_path;
    FILE *trace;
};

/* owner-pci.c */
VirtIONetMemberPCI *owner_member(VirtIONetOwnerPCI *o, uint64_t id);
uint16_t owner_num_vfs(VirtIONetOwnerPCI *o);
bool owner_vf_enable(VirtIONetOwnerPCI *o);
VirtIONetOwnerPCI *owner_of_device(VirtIODevice *vdev);

/* owner-device.c */
void owner_add_config_fields(VirtIONetOwnerPCI *o);

/* owner-properties.c */
void owner_class_add_properties(ObjectClass *klass);

/* absent-memory.c */
void owner_add_absent_memory(VirtIONetOwnerPCI *o);

/* owner-removal.c */
void owner_remove_by_surprise(VirtIONetOwnerPCI *o);

/* capability-fault.c */
bool owner_break_capabilities(VirtIONetOwnerPCI *o, Error **errp);

/* doorbell.c */
void owner_add_doorbells(VirtIONetOwnerPCI *o);
void member_add_doorbell(VirtIONetMemberPCI *m);
void member_doorbell(VirtIONetMemberPCI *m, enum DoorbellWay way,
                     uint16_t queue);

/* legacy-registers.c */
bool legacy_common_read(VirtIONetMemberPCI *m, uint8_t offset, uint8_t *data,
                        size_t len);
bool legacy_common_write(VirtIONetMemberPCI *m, uint8_t offset,
                         const uint8_t *data, size_t len);
bool legacy_device_read(VirtIONetMemberPCI *m, uint8_t offset, uint8_t *data,
                        size_t len);
bool legacy_device_write(VirtIONetMemberPCI *m, uint8_t offset,
                         const uint8_t *data, size_t len);

/* Added to virtio.c and virtio-pci.c, see *.c.inc. */
VirtQueue *virtio_add_queue_at(VirtIODevice *vdev, int index, int size,
                               VirtIOHandleOutput handle_output);
void virtqueue_push_used_again(VirtQueue *vq, unsigned int index,
                               unsigned int len);
uint32_t virtio_pci_legacy_read(VirtIOPCIProxy *proxy, uint32_t offset);
void virtio_pci_legacy_write(VirtIOPCIProxy *proxy, uint32_t offset,
                             uint32_t value);

#endif
