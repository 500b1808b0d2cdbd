/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Surprise removal: the card is gone, then the port tells. (device_del is
 * the orderly way: it presses the attention button and waits.)
 */
#include "qemu/osdep.h"
#include "hw/hotplug.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pcie.h"
#include "qemu/main-loop.h"
#include "owner.h"

static void raise_port_interrupt(PCIDevice *port)
{
    unsigned vector = pcie_cap_flags_get_vector(port);

    if (msix_enabled(port)) {
        msix_notify(port, vector);
    } else if (msi_enabled(port)) {
        msi_notify(port, vector);
    }
}

/* The link is down and nothing is in the slot any more. */
static void report_absence(PCIDevice *port)
{
    uint8_t *cap = port->config + port->exp.exp_cap;

    pci_word_test_and_clear_mask(cap + PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS);
    pci_word_test_and_clear_mask(cap + PCI_EXP_LNKSTA, PCI_EXP_LNKSTA_DLLLA);
    pci_word_test_and_set_mask(cap + PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDC);
    raise_port_interrupt(port);
}

static void remove_bh(void *opaque)
{
    DeviceState *dev = DEVICE(opaque);
    PCIDevice *port = pci_bridge_get_device(pci_get_bus(PCI_DEVICE(dev)));
    HotplugHandler *handler = qdev_get_hotplug_handler(dev);

    if (handler && port) {
        hotplug_handler_unplug(handler, dev, &error_abort);
        object_unparent(OBJECT(dev));
        report_absence(port);
    }
    object_unref(OBJECT(dev));
}

/* Not from within the property's setter, which still uses the object. */
void owner_remove_by_surprise(VirtIOOwnerPCI *o)
{
    object_ref(OBJECT(o));
    aio_bh_schedule_oneshot(qemu_get_aio_context(), remove_bh, o);
}
