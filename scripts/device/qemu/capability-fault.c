/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bad capability lists of an owner ("capability-fault"):
 *
 *   loop    the list never ends
 *   short   the common configuration is too short for anything
 *   bar     the common configuration is in a BAR that does not exist, or in
 *           the upper half of one
 *   range   the common configuration lies past the end of its BAR
 *   missing there is no notification capability
 */
#include "qemu/osdep.h"
#include "owner.h"

/* The offset of the virtio structure capability of that type, or 0. */
static uint8_t find_structure(PCIDevice *dev, uint8_t type)
{
    uint8_t pos = dev->config[PCI_CAPABILITY_LIST];

    for (; pos; pos = dev->config[pos + PCI_CAP_LIST_NEXT]) {
        if (dev->config[pos] == PCI_CAP_ID_VNDR &&
            dev->config[pos + offsetof(struct virtio_pci_cap, cfg_type)] ==
            type) {
            return pos;
        }
    }
    return 0;
}

bool owner_break_capabilities(VirtIOOwnerPCI *o, Error **errp)
{
    PCIDevice *dev = PCI_DEVICE(o);
    uint8_t *common =
        dev->config + find_structure(dev, VIRTIO_PCI_CAP_COMMON_CFG);
    uint8_t *notify =
        dev->config + find_structure(dev, VIRTIO_PCI_CAP_NOTIFY_CFG);

    if (!o->capability_fault || !strcmp(o->capability_fault, "none")) {
        return true;
    }
    if (!strcmp(o->capability_fault, "loop")) {
        notify[PCI_CAP_LIST_NEXT] = notify - dev->config;
    } else if (!strcmp(o->capability_fault, "short")) {
        pci_set_long(common + offsetof(struct virtio_pci_cap, length), 8);
    } else if (!strcmp(o->capability_fault, "bar")) {
        common[offsetof(struct virtio_pci_cap, bar)] = o->msix_64 ? 2 : 3;
    } else if (!strcmp(o->capability_fault, "range")) {
        pci_set_long(common + offsetof(struct virtio_pci_cap, offset),
                     0x100000);
    } else if (!strcmp(o->capability_fault, "missing")) {
        notify[offsetof(struct virtio_pci_cap, cfg_type)] = 0x7f;
    } else {
        error_setg(errp, "capability-fault is none, loop, short, bar, range "
                   "or missing");
        return false;
    }
    return true;
}
