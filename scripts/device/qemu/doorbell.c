/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notification addresses of NOTIFY_INFO: a 16-bit queue index written to one
 * has the effect of a COMMON_CFG_WRITE to Queue Notify.
 */
#include "qemu/osdep.h"
#include "hw/virtio/virtio-bus.h"
#include "owner.h"

static const char *const way_names[DOORBELL_WAYS] = {
    "owner", "member", "command",
};

/* Firmware may notify before DRIVER_OK, but not before a queue has memory. */
static bool is_early(VirtIODevice *vdev, uint16_t queue)
{
    return queue < VIRTIO_QUEUE_MAX && virtio_queue_get_num(vdev, queue) &&
           !virtio_queue_get_addr(vdev, queue);
}

void member_doorbell(VirtIOMemberPCI *m, enum DoorbellWay way,
                     uint16_t queue)
{
    m->stats.doorbells[way]++;
    m->stats.early_doorbells += is_early(m->vdev, queue);
    admin_trace_event(m->owner, "doorbell way=%s member=%u queue=%u",
                      way_names[way], m->id, queue);
    virtio_pci_legacy_write(VIRTIO_PCI(m), VIRTIO_PCI_QUEUE_NOTIFY, queue);
}

static uint64_t doorbell_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void wrong_width(VirtIOOwnerPCI *o, hwaddr addr, unsigned size)
{
    admin_violation(o, "doorbell of %u bytes at 0x%" HWADDR_PRIx, size, addr);
}

static void member_write(void *opaque, hwaddr addr, uint64_t value,
                         unsigned size)
{
    VirtIOMemberPCI *m = opaque;

    if (addr != MEMBER_DOORBELL_OFFSET || size != 2) {
        wrong_width(m->owner, addr, size);
        return;
    }
    member_doorbell(m, DOORBELL_MEMBER, value);
}

static void owner_write(void *opaque, hwaddr addr, uint64_t value,
                        unsigned size)
{
    VirtIOOwnerPCI *o = opaque;
    VirtIOMemberPCI *m = NULL;

    if (addr >= OWNER_DOORBELL_OFFSET(0) && addr % 4 == 0 && size == 2) {
        m = owner_member(o, (addr - OWNER_DOORBELL_OFFSET(0)) / 4);
    }
    if (!m) {
        wrong_width(o, addr, size);
        return;
    }
    member_doorbell(m, DOORBELL_OWNER, value);
}

static const MemoryRegionOps member_ops = {
    .read = doorbell_read,
    .write = member_write,
    ACCESS_OF_ANY_WIDTH,
};

static const MemoryRegionOps owner_ops = {
    .read = doorbell_read,
    .write = owner_write,
    ACCESS_OF_ANY_WIDTH,
};

void owner_add_doorbells(VirtIOOwnerPCI *o)
{
    memory_region_init_io(&o->doorbells, OBJECT(o), &owner_ops, o,
                          "owner-doorbells", DOORBELL_BAR_SIZE);
    pci_register_bar(PCI_DEVICE(o), o->doorbell_bar,
                     PCI_BASE_ADDRESS_SPACE_MEMORY, &o->doorbells);
}

void member_add_doorbell(VirtIOMemberPCI *m)
{
    unsigned number = m->owner->doorbell_bar;
    MemoryRegion *bar = &m->bars[number];

    memory_region_init_io(bar, OBJECT(m), &member_ops, m,
                          "member-doorbell", DOORBELL_BAR_SIZE);
    pci_register_bar(PCI_DEVICE(m), number,
                     PCI_BASE_ADDRESS_SPACE_MEMORY, bar);
}
