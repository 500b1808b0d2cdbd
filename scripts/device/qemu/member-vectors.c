/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MSI-X of the members: messages are counted.
 */
#include "qemu/osdep.h"
#include "owner.h"

/*
 * QEMU asks for the message of a vector that is enabled and not masked, right
 * before it sends the message. Without bus mastering nothing leaves the VF.
 */
static MSIMessage counted_message(PCIDevice *dev, unsigned vector)
{
    VirtIOMemberPCI *m = VIRTIO_MEMBER_PCI(dev);
    uint16_t command = pci_get_word(dev->config + PCI_COMMAND);

    if (command & PCI_COMMAND_MASTER) {
        m->stats.messages[MIN(vector, MESSAGE_VECTORS - 1)]++;
    } else {
        m->stats.blocked_messages++;
    }
    return m->msix_prepare_message(dev, vector);
}

/* After MSI-X is initialized. */
void member_count_messages(VirtIOMemberPCI *m)
{
    PCIDevice *dev = PCI_DEVICE(m);

    m->msix_prepare_message = dev->msix_prepare_message;
    dev->msix_prepare_message = counted_message;
}
