/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a driver must not do to the owner's common configuration. The device
 * does as it is told all the same: a violation is counted, not punished.
 */
#include "qemu/osdep.h"
#include "owner.h"

/*
 * A driver sets these bits in this order, one by one ("Driver Requirements:
 * Device Initialization").
 */
static const uint8_t status_order[] = {
    VIRTIO_CONFIG_S_ACKNOWLEDGE,
    VIRTIO_CONFIG_S_DRIVER,
    VIRTIO_CONFIG_S_FEATURES_OK,
    VIRTIO_CONFIG_S_DRIVER_OK,
};

/* A field of 64 bits is two halves ("Driver Requirements: PCI Device Layout"). */
static const LegacyField fields[] = {
    { VIRTIO_PCI_COMMON_DFSELECT, 4 },
    { VIRTIO_PCI_COMMON_DF, 4 },
    { VIRTIO_PCI_COMMON_GFSELECT, 4 },
    { VIRTIO_PCI_COMMON_GF, 4 },
    { VIRTIO_PCI_COMMON_MSIX, 2 },
    { VIRTIO_PCI_COMMON_NUMQ, 2 },
    { VIRTIO_PCI_COMMON_STATUS, 1 },
    { VIRTIO_PCI_COMMON_CFGGENERATION, 1 },
    { VIRTIO_PCI_COMMON_Q_SELECT, 2 },
    { VIRTIO_PCI_COMMON_Q_SIZE, 2 },
    { VIRTIO_PCI_COMMON_Q_MSIX, 2 },
    { VIRTIO_PCI_COMMON_Q_ENABLE, 2 },
    { VIRTIO_PCI_COMMON_Q_NOFF, 2 },
    { VIRTIO_PCI_COMMON_Q_DESCLO, 4 },
    { VIRTIO_PCI_COMMON_Q_DESCHI, 4 },
    { VIRTIO_PCI_COMMON_Q_AVAILLO, 4 },
    { VIRTIO_PCI_COMMON_Q_AVAILHI, 4 },
    { VIRTIO_PCI_COMMON_Q_USEDLO, 4 },
    { VIRTIO_PCI_COMMON_Q_USEDHI, 4 },
    { VIRTIO_PCI_COMMON_Q_NDATA, 2 },
    { VIRTIO_PCI_COMMON_Q_RESET, 2 },
    { VIRTIO_PCI_COMMON_ADM_Q_IDX, 2 },
    { VIRTIO_PCI_COMMON_ADM_Q_NUM, 2 },
};

bool driver_rules_is_field(hwaddr addr, unsigned size)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(fields); i++) {
        if (fields[i].offset == addr) {
            return fields[i].width == size;
        }
    }
    return false;
}

void driver_rules_access(VirtIOOwnerPCI *o, hwaddr addr, unsigned size,
                         bool write)
{
    if (!driver_rules_is_field(addr, size)) {
        admin_violation(o, "%s of %u bytes at 0x%" HWADDR_PRIx
                        " of the common configuration, where no such field is",
                        write ? "write" : "read", size, addr);
    }
}

static void check_set_bits(VirtIOOwnerPCI *o, uint8_t old, uint8_t set)
{
    const uint8_t known = VIRTIO_CONFIG_S_ACKNOWLEDGE |
                          VIRTIO_CONFIG_S_DRIVER |
                          VIRTIO_CONFIG_S_FEATURES_OK |
                          VIRTIO_CONFIG_S_DRIVER_OK | VIRTIO_CONFIG_S_FAILED;
    size_t i;

    for (i = 1; i < ARRAY_SIZE(status_order); i++) {
        if ((set & status_order[i]) && !(old & status_order[i - 1])) {
            admin_violation(o, "status bit 0x%x set while 0x%x was clear",
                            status_order[i], status_order[i - 1]);
        }
    }
    if (set & ~known) {
        admin_violation(o, "status bits 0x%x are not the driver's to set",
                        set & ~known);
    }
    if (set && (old & VIRTIO_CONFIG_S_FAILED)) {
        admin_violation(o, "status bits 0x%x set after FAILED", set);
    }
}

static void check_status(VirtIOOwnerPCI *o, uint8_t value)
{
    uint8_t old = o->vdev->status;

    if (!value) {
        return;
    }
    if (old & ~value) {
        admin_violation(o, "status bits 0x%x cleared without a reset",
                        old & ~value);
    }
    check_set_bits(o, old, value & ~old);
}

/* Features are chosen between DRIVER and FEATURES_OK. */
static void check_features(VirtIOOwnerPCI *o)
{
    uint8_t status = o->vdev->status;

    if (!(status & VIRTIO_CONFIG_S_DRIVER) ||
        (status & VIRTIO_CONFIG_S_FEATURES_OK)) {
        admin_violation(o, "driver features written while the status is 0x%x",
                        status);
    }
}

/* Whether a queue register describes the queue, so it is fixed once enabled. */
static const char *queue_parameter(hwaddr addr)
{
    switch (addr) {
    case VIRTIO_PCI_COMMON_Q_SIZE:
        return "size";
    case VIRTIO_PCI_COMMON_Q_MSIX:
        return "vector";
    case VIRTIO_PCI_COMMON_Q_DESCLO:
    case VIRTIO_PCI_COMMON_Q_DESCHI:
    case VIRTIO_PCI_COMMON_Q_AVAILLO:
    case VIRTIO_PCI_COMMON_Q_AVAILHI:
    case VIRTIO_PCI_COMMON_Q_USEDLO:
    case VIRTIO_PCI_COMMON_Q_USEDHI:
        return "address";
    default:
        return NULL;
    }
}

static void check_queue_reset(VirtIOOwnerPCI *o, bool enabled, uint32_t value)
{
    unsigned queue = o->vdev->queue_sel;

    if (!virtio_vdev_has_feature(o->vdev, VIRTIO_F_RING_RESET)) {
        admin_violation(o, "queue %u reset, not negotiated", queue);
    } else if (!enabled) {
        admin_violation(o, "queue %u reset while it is not enabled", queue);
    } else if (value != 1) {
        admin_violation(o, "queue %u: %u written to queue_reset", queue,
                        value);
    }
}

static void check_queue(VirtIOOwnerPCI *o, hwaddr addr, uint32_t value)
{
    unsigned queue = o->vdev->queue_sel;
    bool enabled = VIRTIO_PCI(o)->vqs[queue].enabled;
    const char *parameter = queue_parameter(addr);

    if (parameter && enabled) {
        admin_violation(o, "queue %u: %s written while it is enabled", queue,
                        parameter);
    } else if (addr == VIRTIO_PCI_COMMON_Q_ENABLE && (enabled || value != 1)) {
        admin_violation(o, "queue %u: %u written to queue_enable, which is %u",
                        queue, value, enabled);
    } else if (addr == VIRTIO_PCI_COMMON_Q_RESET) {
        check_queue_reset(o, enabled, value);
    }
}

/* Before the write has its effect. */
void driver_rules_write(VirtIOOwnerPCI *o, hwaddr addr, uint32_t value)
{
    switch (addr) {
    case VIRTIO_PCI_COMMON_STATUS:
        check_status(o, value);
        break;
    case VIRTIO_PCI_COMMON_GF:
        check_features(o);
        break;
    default:
        check_queue(o, addr, value);
        break;
    }
}
