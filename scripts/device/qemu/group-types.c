/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of device types: those with a transitional identity. The models
 * are QEMU's own but for the balloon, which would give away the memory of
 * whoever the device is emulated for.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_ids.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-blk.h"
#include "hw/virtio/virtio-net.h"
#include "hw/virtio/virtio-rng.h"
#include "hw/virtio/virtio-scsi.h"
#include "hw/virtio/virtio-serial.h"
#include "hw/9pfs/virtio-9p.h"
#include "qapi/error.h"
#include "standard-headers/linux/virtio_balloon.h"
#include "standard-headers/linux/virtio_ids.h"
#include "owner.h"

#define LEGACY(type, name) \
    { offsetof(struct type, name), sizeof_field(struct type, name) }

static const LegacyField net_fields[] = {
    LEGACY(virtio_net_config, mac),
    LEGACY(virtio_net_config, status),
    LEGACY(virtio_net_config, max_virtqueue_pairs),
    LEGACY(virtio_net_config, mtu),
    LEGACY(virtio_net_config, speed),
    LEGACY(virtio_net_config, duplex),
    LEGACY(virtio_net_config, rss_max_key_size),
    LEGACY(virtio_net_config, rss_max_indirection_table_length),
    LEGACY(virtio_net_config, supported_hash_types),
};

/* Zoned devices have no legacy drivers. */
static const LegacyField blk_fields[] = {
    LEGACY(virtio_blk_config, capacity),
    LEGACY(virtio_blk_config, size_max),
    LEGACY(virtio_blk_config, seg_max),
    LEGACY(virtio_blk_config, geometry.cylinders),
    LEGACY(virtio_blk_config, geometry.heads),
    LEGACY(virtio_blk_config, geometry.sectors),
    LEGACY(virtio_blk_config, blk_size),
    LEGACY(virtio_blk_config, physical_block_exp),
    LEGACY(virtio_blk_config, alignment_offset),
    LEGACY(virtio_blk_config, min_io_size),
    LEGACY(virtio_blk_config, opt_io_size),
    LEGACY(virtio_blk_config, wce),
    LEGACY(virtio_blk_config, num_queues),
    LEGACY(virtio_blk_config, max_discard_sectors),
    LEGACY(virtio_blk_config, max_discard_seg),
    LEGACY(virtio_blk_config, discard_sector_alignment),
    LEGACY(virtio_blk_config, max_write_zeroes_sectors),
    LEGACY(virtio_blk_config, max_write_zeroes_seg),
    LEGACY(virtio_blk_config, write_zeroes_may_unmap),
    LEGACY(virtio_blk_config, max_secure_erase_sectors),
    LEGACY(virtio_blk_config, max_secure_erase_seg),
    LEGACY(virtio_blk_config, secure_erase_sector_alignment),
};

static const LegacyField console_fields[] = {
    LEGACY(virtio_console_config, cols),
    LEGACY(virtio_console_config, rows),
    LEGACY(virtio_console_config, max_nr_ports),
    LEGACY(virtio_console_config, emerg_wr),
};

static const LegacyField balloon_fields[] = {
    LEGACY(virtio_balloon_config, num_pages),
    LEGACY(virtio_balloon_config, actual),
    LEGACY(virtio_balloon_config, free_page_hint_cmd_id),
    LEGACY(virtio_balloon_config, poison_val),
};

static const LegacyField scsi_fields[] = {
    LEGACY(virtio_scsi_config, num_queues),
    LEGACY(virtio_scsi_config, seg_max),
    LEGACY(virtio_scsi_config, max_sectors),
    LEGACY(virtio_scsi_config, cmd_per_lun),
    LEGACY(virtio_scsi_config, event_info_size),
    LEGACY(virtio_scsi_config, sense_size),
    LEGACY(virtio_scsi_config, cdb_size),
    LEGACY(virtio_scsi_config, max_channel),
    LEGACY(virtio_scsi_config, max_target),
    LEGACY(virtio_scsi_config, max_lun),
};

/* The tag ends where the configuration does. */
static const LegacyField fs9p_fields[] = {
    LEGACY(virtio_9p_config, tag_len),
    { offsetof(struct virtio_9p_config, tag), 0 },
};

/* No class fits; this is what QEMU's 9p devices show. */
#define CLASS_9P 0x0002

/* A port takes two queues: few enough ports to stay below the admin queue. */
#define CONSOLE_PORTS 4

static void console_init(VirtIODevice *vdev)
{
    qdev_prop_set_uint32(DEVICE(vdev), "max_ports", CONSOLE_PORTS);
}

static bool set_backend(VirtIOMemberPCI *m, const char *property, Error **errp)
{
    g_autofree char *name = member_backend(m);

    return !name ||
           object_property_set_str(OBJECT(m->vdev), property, name, errp);
}

static bool blk_member_prepare(VirtIOMemberPCI *m, Error **errp)
{
    return set_backend(m, "drive", errp);
}

/* The mount tag is the name of the back end. */
static bool fs9p_member_prepare(VirtIOMemberPCI *m, Error **errp)
{
    return set_backend(m, "fsdev", errp) && set_backend(m, "mount_tag", errp);
}

#define FIELDS(array) .fields = array, .num_fields = ARRAY_SIZE(array)

static const GroupType group_types[] = {
    { .name = "net", .model = TYPE_VIRTIO_NET, .virtio_id = VIRTIO_ID_NET,
      .pci_class = PCI_CLASS_NETWORK_ETHERNET, FIELDS(net_fields),
      .count_queues = net_count_queues,
      .owner_class_init = net_owner_class_init,
      .member_prepare = net_member_prepare },
    { .name = "blk", .model = TYPE_VIRTIO_BLK, .virtio_id = VIRTIO_ID_BLOCK,
      .pci_class = PCI_CLASS_STORAGE_SCSI, FIELDS(blk_fields), .queues = 1,
      .member_prepare = blk_member_prepare },
    { .name = "console", .model = TYPE_VIRTIO_SERIAL,
      .virtio_id = VIRTIO_ID_CONSOLE,
      .pci_class = PCI_CLASS_COMMUNICATION_OTHER, FIELDS(console_fields),
      .queues = 2 * CONSOLE_PORTS + 2, .model_init = console_init },
    { .name = "rng", .model = TYPE_VIRTIO_RNG, .virtio_id = VIRTIO_ID_RNG,
      .pci_class = PCI_CLASS_OTHERS, .queues = 1 },
    { .name = "balloon", .model = TYPE_VIRTIO_COUNTING_BALLOON,
      .virtio_id = VIRTIO_ID_BALLOON, .pci_class = PCI_CLASS_OTHERS,
      FIELDS(balloon_fields), .queues = 2,
      .owner_class_init = balloon_owner_class_init,
      .member_stats = balloon_member_stats,
      .member_stats_reset = balloon_member_stats_reset },
    { .name = "scsi", .model = TYPE_VIRTIO_SCSI, .virtio_id = VIRTIO_ID_SCSI,
      .pci_class = PCI_CLASS_STORAGE_SCSI, FIELDS(scsi_fields), .queues = 3 },
    { .name = "9p", .model = TYPE_VIRTIO_9P, .virtio_id = VIRTIO_ID_9P,
      .pci_class = CLASS_9P, FIELDS(fs9p_fields),
      .queues = 1, .member_prepare = fs9p_member_prepare },
};

void group_types_register(void (*register_type)(const GroupType *type))
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(group_types); i++) {
        register_type(&group_types[i]);
    }
}

unsigned group_queues(const GroupType *type, VirtIODevice *vdev)
{
    return type->count_queues ? type->count_queues(vdev) : type->queues;
}

/* virtio-NAME-ROLE */
char *group_type_name(const GroupType *type, const char *role)
{
    return g_strdup_printf("virtio-%s-%s", type->name, role);
}

/* The device behind a proxy; its properties become the proxy's, too. */
VirtIODevice *group_add_model(Object *proxy, const GroupType *type,
                              const char *model)
{
    Object *obj = object_new(model);
    VirtIODevice *vdev = VIRTIO_DEVICE(obj);

    object_property_add_child(proxy, "virtio-backend", obj);
    object_unref(obj);
    qdev_alias_all_properties(DEVICE(vdev), proxy);
    if (type->model_init) {
        type->model_init(vdev);
    }
    return vdev;
}

/* Disks and ports are attached by the name of the bus: ID.0. */
bool group_realize_model(VirtIOPCIProxy *proxy, VirtIODevice *vdev,
                         Error **errp)
{
    g_autofree char *bus = NULL;

    if (DEVICE(proxy)->id) {
        bus = g_strdup_printf("%s.0", DEVICE(proxy)->id);
        virtio_device_set_child_bus_name(vdev, bus);
    }
    return qdev_realize(DEVICE(vdev), BUS(&proxy->bus), errp);
}

/* The class of an owner or of a member; data is its type. */
void group_class_init(ObjectClass *klass, void *data)
{
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    const GroupType *type = data;

    ((GroupPCIClass *)klass)->type = type;
    k->device_id = PCI_DEVICE_ID_VIRTIO_10_BASE + type->virtio_id;
    k->class_id = type->pci_class;
    set_bit(DEVICE_CATEGORY_MISC, DEVICE_CLASS(klass)->categories);
}
