/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads below the port that nothing answers give all ones, as on real
 * hardware; QEMU alone would give zeros, and a device status of zero is a
 * finished reset.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "owner.h"

#define ABSENT_NAME "absent-memory"

static uint64_t absent_read(void *opaque, hwaddr addr, unsigned size)
{
    return UINT64_MAX;
}

static void absent_write(void *opaque, hwaddr addr, uint64_t value,
                         unsigned size)
{
}

static const MemoryRegionOps absent_ops = {
    .read = absent_read,
    .write = absent_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.min_access_size = 1,
    .valid.max_access_size = 8,
    .impl.min_access_size = 1,
    .impl.max_access_size = 8,
};

/* It is the port's, because it has to outlive the owner. */
void owner_add_absent_memory(VirtIOOwnerPCI *o)
{
    PCIBus *bus = pci_get_bus(PCI_DEVICE(o));
    PCIDevice *port = pci_bridge_get_device(bus);
    MemoryRegion *absent;

    if (!port || object_resolve_path_component(OBJECT(port),
                                               ABSENT_NAME "[0]")) {
        return;
    }
    absent = g_new0(MemoryRegion, 1);
    memory_region_init_io(absent, OBJECT(port), &absent_ops, NULL,
                          ABSENT_NAME, UINT64_MAX);
    memory_region_add_subregion_overlap(bus->address_space_mem, 0, absent,
                                        -1);
}
