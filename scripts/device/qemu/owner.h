/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An SR-IOV owner (PF) with an administration virtqueue, its members (VFs),
 * and the instruments that make it a test device. Owner and members are of
 * one device type, see group-type.h.
 *
 * Section names in the comments are those of the virtio 1.4 specification.
 */
#ifndef HW_VIRTIO_OWNER_H
#define HW_VIRTIO_OWNER_H

#include "net/net.h"
#include "admin.h"
#include "group-type.h"
#include "virtio-queue.h"

/* Abstract: the table of group types has what there really is. */
#define TYPE_VIRTIO_OWNER_PCI "virtio-owner-pci"
#define TYPE_VIRTIO_MEMBER_PCI "virtio-member-pci"

OBJECT_DECLARE_TYPE(VirtIOOwnerPCI, GroupPCIClass, VIRTIO_OWNER_PCI)
DECLARE_OBJ_CHECKERS(VirtIOMemberPCI, GroupPCIClass, VIRTIO_MEMBER_PCI,
                     TYPE_VIRTIO_MEMBER_PCI)

struct GroupPCIClass {
    VirtioPCIClass parent_class;
    const GroupType *type;
};

/*
 * Of the administration virtqueue, unless told otherwise. QEMU's models number
 * their queues from 0, and count up to the first gap.
 */
#define OWNER_ADMIN_QUEUE_INDEX 64

#define OWNER_MEMBERS_MAX 255

/*
 * BAR 1 is MSI-X, BARs 4 and 5 the virtio structures, BAR 0 nothing. Doorbells
 * are in BAR 2, or in BAR 3 if MSI-X takes BARs 1 and 2.
 */
#define MSIX_BAR 1
#define DOORBELL_BAR_SIZE 0x1000
#define MEMBER_DOORBELL_OFFSET 0x40
#define OWNER_DOORBELL_OFFSET(id) (0x100 + 4 * (id))

/* Of MemoryRegionOps: each access arrives as the driver makes it. */
#define ACCESS_OF_ANY_WIDTH \
    .endianness = DEVICE_LITTLE_ENDIAN, \
    .valid.unaligned = true, \
    .impl.unaligned = true, \
    .impl.min_access_size = 1, \
    .impl.max_access_size = 8, \
    .valid.min_access_size = 1, \
    .valid.max_access_size = 8

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

enum PauseOption {
    PAUSE_LATE,
    PAUSE_LOST,
    PAUSE_FROZEN,
    PAUSE_DEAF,
    PAUSE_DATA,
    PAUSE_MEMBERS,
    PAUSE_OWNER,
    PAUSE_OPTIONS,
};

/* Which vectors cannot be mapped, or have no register: bits. */
enum RefusedVectors {
    REFUSE_NONE,
    REFUSE_CONFIG,
    REFUSE_QUEUES,
    REFUSE_ALL,
    REFUSE_KINDS,
};

#define COMMON_CONFIG_SIZE 64

/* Counters of messages; the last one is that of all higher vectors, too. */
#define MESSAGE_VECTORS 32

typedef struct ControllerPause {
    /* As the property was set. */
    char *text;
    /* A bit for each enum PauseOption; 0: no pause. */
    unsigned options;
    QEMUTimer *timer;
    uint8_t registers[COMMON_CONFIG_SIZE];
    bool reset_pending;
} ControllerPause;

typedef struct MemberStats {
    uint64_t opcodes[ADMIN_OPCODES];
    uint64_t doorbells[DOORBELL_WAYS];
    uint64_t early_doorbells;
    uint64_t status0;
    uint64_t failed;
    uint64_t function_resets;
    /* Commands that came while the member had none outstanding. */
    uint64_t waits;
    uint64_t max_outstanding;
    /* MSI-X messages that left the VF, by vector. */
    uint64_t messages[MESSAGE_VECTORS];
    /* Those that bus mastering, being off, kept from leaving. */
    uint64_t blocked_messages;
} MemberStats;

struct VirtIOMemberPCI {
    VirtIOPCIProxy parent_obj;
    const GroupType *type;
    VirtIODevice *vdev;
    VirtIOOwnerPCI *owner;
    uint16_t id;
    /* By number; the doorbell's and those that are united. */
    MemoryRegion bars[PCI_ROM_SLOT];
    MemoryRegion nothing;
    /* VIRTIO_PCI_CAP_PCI_CFG in configuration space. */
    int window;
    PCIConfigReadFunc *virtio_config_read;
    PCIConfigWriteFunc *virtio_config_write;
    MSIxPrepareMessageFunc *msix_prepare_message;
    MemberStats stats;
    unsigned outstanding;
    /* Until then the status register still reads as before the reset. */
    int64_t reset_until;
    uint8_t status_before_reset;
};

struct VirtIOOwnerPCI {
    VirtIOPCIProxy parent_obj;
    const GroupType *type;
    VirtIODevice *vdev;

    uint16_t members;
    uint16_t member_device_id;
    /* That a driver can write. */
    uint16_t member_command_bits;
    char *member_backend;
    uint32_t member_reset_ms;
    /* Of net members only. */
    MACAddr member_mac_base;
    uint16_t member_mtu;
    uint16_t member_queue_pairs;

    uint16_t admin_queue_size;
    bool admin_vq;
    bool order_platform;
    bool admin_legacy;
    bool strict_vf_enable;
    /* VF Enable cleared: the list of LIST_USE is as after a reset. */
    bool forget_list;
    /* A member's vector registers, whenever its MSI-X is off. */
    bool lose_vectors;
    /* A reset of the owner clears MSI-X Enable of each member. */
    bool drop_msix;
    /* All three: enum RefusedVectors. */
    int refused_vectors;
    int member_refused_vectors;
    int member_absent_vectors;
    int notify_info;
    char *capability_fault;
    char *extra_capabilities;
    bool vf_migration;
    bool msix_64;
    uint8_t doorbell_bar;

    MemoryRegion doorbells;
    MemoryRegion common_config;
    PCIConfigWriteFunc *virtio_config_write;

    ControllerPause pause;
    AdminQueue queue;
    /* Opcodes that the driver declared with LIST_USE. */
    uint64_t used_commands;
    GArray *faults;
    AdminStats stats;
    char *trace_path;
    FILE *trace;
};

/* owner-pci.c */
bool owner_complete_layout(VirtIOOwnerPCI *o, PCIDevice *dev, Error **errp);
VirtIOMemberPCI *owner_member(VirtIOOwnerPCI *o, uint64_t id);
uint16_t owner_num_vfs(VirtIOOwnerPCI *o);
bool owner_vf_enable(VirtIOOwnerPCI *o);
VirtIOMemberPCI *owner_nth_member(VirtIOOwnerPCI *o, unsigned n);

/* owner-device.c */
VirtIOOwnerPCI *owner_of_device(VirtIODevice *vdev);

/* common-config.c */
void owner_add_common_config(VirtIOOwnerPCI *o);
void owner_remove_common_config(VirtIOOwnerPCI *o);
void common_config_reset_queue(VirtIOOwnerPCI *o, uint16_t queue);
void common_config_snapshot(VirtIOOwnerPCI *o, uint8_t *registers);

/* controller-pause.c */
void controller_set_pause(VirtIOOwnerPCI *o, const char *text, Error **errp);
char *controller_get_pause(VirtIOOwnerPCI *o);
bool controller_is_paused(const VirtIOOwnerPCI *o);
bool controller_is_frozen(const VirtIOOwnerPCI *o);
void controller_frozen_write(VirtIOOwnerPCI *o, hwaddr addr, uint32_t value);
void controller_cleanup(VirtIOOwnerPCI *o);

/* driver-rules.c */
bool driver_rules_is_field(hwaddr addr, unsigned size);
void driver_rules_access(VirtIOOwnerPCI *o, hwaddr addr, unsigned size,
                         bool write);
void driver_rules_write(VirtIOOwnerPCI *o, hwaddr addr, uint32_t value);

/* member-pci.c */
char *member_backend(VirtIOMemberPCI *m);

/* member-bars.c */
void member_unite_bars(VirtIOMemberPCI *m);
void member_divide_bars(VirtIOMemberPCI *m);
void member_window_read(VirtIOMemberPCI *m, uint32_t addr, int len);
void member_window_write(VirtIOMemberPCI *m, uint32_t addr, int len);

/* member-vectors.c */
void member_count_messages(VirtIOMemberPCI *m);
bool member_lacks_vector_register(VirtIOMemberPCI *m, uint8_t field);
uint32_t member_accepted_vector(VirtIOMemberPCI *m, uint8_t field,
                                uint32_t value);
void member_lose_vectors(VirtIOMemberPCI *m);
void owner_drop_msix(VirtIOOwnerPCI *o);
void owner_class_add_vector_properties(ObjectClass *klass);

/* owner-properties.c */
void owner_class_add_properties(ObjectClass *klass);

/* absent-memory.c */
void owner_add_absent_memory(VirtIOOwnerPCI *o);

/* owner-removal.c */
void owner_remove_by_surprise(VirtIOOwnerPCI *o);

/* extra-capability.c */
bool owner_add_extra_capabilities(VirtIOOwnerPCI *o, PCIDevice *dev,
                                  Error **errp);

/* capability-fault.c */
bool owner_break_capabilities(VirtIOOwnerPCI *o, Error **errp);

/* doorbell.c */
void owner_add_doorbells(VirtIOOwnerPCI *o);
void member_add_doorbell(VirtIOMemberPCI *m);
void member_doorbell(VirtIOMemberPCI *m, enum DoorbellWay way,
                     uint16_t queue);

/* legacy-registers.c */
bool legacy_common_read(VirtIOMemberPCI *m, uint8_t offset, uint8_t *data,
                        size_t len);
bool legacy_common_write(VirtIOMemberPCI *m, uint8_t offset,
                         const uint8_t *data, size_t len);
bool legacy_device_read(VirtIOMemberPCI *m, uint8_t offset, uint8_t *data,
                        size_t len);
bool legacy_device_write(VirtIOMemberPCI *m, uint8_t offset,
                         const uint8_t *data, size_t len);

#endif
