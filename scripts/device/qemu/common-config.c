/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The owner's common configuration: a region in front of QEMU's. It has the
 * fields that QEMU's virtio-pci lacks, and sees each access before QEMU does.
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-bus.h"
#include "owner.h"

static uint32_t pass_read(VirtIOOwnerPCI *o, hwaddr addr, unsigned size)
{
    uint64_t value = 0;

    memory_region_dispatch_read(&VIRTIO_PCI(o)->common.mr, addr, &value,
                                size_memop(size) | MO_LE,
                                MEMTXATTRS_UNSPECIFIED);
    return value;
}

static void pass_write(VirtIOOwnerPCI *o, hwaddr addr, uint32_t value,
                       unsigned size)
{
    memory_region_dispatch_write(&VIRTIO_PCI(o)->common.mr, addr, value,
                                 size_memop(size) | MO_LE,
                                 MEMTXATTRS_UNSPECIFIED);
}

/* Whether the selected queue is the administration virtqueue. */
static bool is_admin_queue(VirtIOOwnerPCI *o)
{
    return o->queue.vq && o->vdev->queue_sel == o->queue.index;
}

/*
 * QEMU would count administration virtqueues in num_queues. Their index and
 * number exist once the driver accepted the feature.
 */
static uint32_t read_field(VirtIOOwnerPCI *o, hwaddr addr, unsigned size)
{
    bool admin = virtio_vdev_has_feature(o->vdev, VIRTIO_F_ADMIN_VQ);

    switch (addr) {
    case VIRTIO_PCI_COMMON_NUMQ:
        return virtio_get_num_queues(o->vdev);
    case VIRTIO_PCI_COMMON_Q_RESET:
        return is_admin_queue(o) && o->queue.resetting
               ? 1 : pass_read(o, addr, size);
    case VIRTIO_PCI_COMMON_ADM_Q_IDX:
        return admin ? o->queue.index : 0;
    case VIRTIO_PCI_COMMON_ADM_Q_NUM:
        return admin ? 1 : 0;
    default:
        return pass_read(o, addr, size);
    }
}

/* An access of another width gets the bytes of the fields that it touches. */
static uint64_t read_bytes(VirtIOOwnerPCI *o, hwaddr addr, unsigned size)
{
    uint64_t value = 0;
    unsigned i, width, offset;

    for (i = 0; i < size; i++) {
        for (width = 4; width; width /= 2) {
            offset = (addr + i) & (width - 1);
            if (driver_rules_is_field(addr + i - offset, width)) {
                value |= (uint64_t)(uint8_t)(read_field(o, addr + i - offset,
                                                        width) >>
                                             (8 * offset)) << (8 * i);
            }
        }
    }
    return value;
}

void common_config_snapshot(VirtIOOwnerPCI *o, uint8_t *registers)
{
    unsigned i;

    for (i = 0; i < COMMON_CONFIG_SIZE; i++) {
        registers[i] = read_bytes(o, i, 1);
    }
}

static uint64_t read_frozen(VirtIOOwnerPCI *o, hwaddr addr, unsigned size)
{
    uint64_t value = 0;
    unsigned i;

    for (i = 0; i < size && addr + i < COMMON_CONFIG_SIZE; i++) {
        value |= (uint64_t)o->pause.registers[addr + i] << (8 * i);
    }
    return value;
}

static uint64_t common_read(void *opaque, hwaddr addr, unsigned size)
{
    VirtIOOwnerPCI *o = opaque;

    driver_rules_access(o, addr, size, false);
    if (controller_is_frozen(o)) {
        return read_frozen(o, addr, size);
    }
    return driver_rules_is_field(addr, size) ? read_field(o, addr, size)
                                             : read_bytes(o, addr, size);
}

/* A vector that cannot be mapped reads back as no vector. */
static uint32_t accepted(VirtIOOwnerPCI *o, hwaddr addr, uint32_t value)
{
    bool refused =
        (addr == VIRTIO_PCI_COMMON_MSIX &&
         (o->refused_vectors & REFUSE_CONFIG)) ||
        (addr == VIRTIO_PCI_COMMON_Q_MSIX &&
         (o->refused_vectors & REFUSE_QUEUES));

    return refused ? VIRTIO_NO_VECTOR : value;
}

static void write_field(VirtIOOwnerPCI *o, hwaddr addr, uint32_t value,
                        unsigned size)
{
    if (controller_is_frozen(o)) {
        controller_frozen_write(o, addr, value);
        return;
    }
    driver_rules_write(o, addr, value);
    if (addr == VIRTIO_PCI_COMMON_Q_RESET && value == 1 &&
        is_admin_queue(o) && o->queue.reset_ms) {
        admin_ring_begin_reset(o);
        return;
    }
    pass_write(o, addr, accepted(o, addr, value), size);
    if (addr == VIRTIO_PCI_COMMON_STATUS ||
        addr == VIRTIO_PCI_COMMON_Q_ENABLE) {
        admin_ring_enabled(o);
    }
}

/* Whatever queue the driver has selected by now. */
void common_config_reset_queue(VirtIOOwnerPCI *o, uint16_t queue)
{
    uint16_t selected = o->vdev->queue_sel;

    o->vdev->queue_sel = queue;
    pass_write(o, VIRTIO_PCI_COMMON_Q_RESET, 1, 2);
    o->vdev->queue_sel = selected;
}

static void common_write(void *opaque, hwaddr addr, uint64_t value,
                         unsigned size)
{
    VirtIOOwnerPCI *o = opaque;

    driver_rules_access(o, addr, size, true);
    if (size == 8) {
        write_field(o, addr, value, 4);
        write_field(o, addr + 4, value >> 32, 4);
    } else {
        write_field(o, addr, value, size);
    }
}

static const MemoryRegionOps common_ops = {
    .read = common_read,
    .write = common_write,
    ACCESS_OF_ANY_WIDTH,
};

void owner_add_common_config(VirtIOOwnerPCI *o)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(o);

    memory_region_init_io(&o->common_config, OBJECT(o), &common_ops, o,
                          "owner-common-config", proxy->common.size);
    /* QEMU's region guards itself, and both are the same device's. */
    o->common_config.disable_reentrancy_guard = true;
    memory_region_add_subregion_overlap(&proxy->modern_bar,
                                        proxy->common.offset,
                                        &o->common_config, 1);
}

void owner_remove_common_config(VirtIOOwnerPCI *o)
{
    memory_region_del_subregion(&VIRTIO_PCI(o)->modern_bar,
                                &o->common_config);
}
