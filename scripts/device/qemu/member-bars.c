/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BARs of a member, each one memory region. QEMU has no room for more than
 * 4,096 ranges in its memory map, and as QEMU makes them, vector table,
 * pending bits and virtio structures are seven of a VF: 450 VFs and no more.
 */
#include "qemu/osdep.h"
#include "qemu/range.h"
#include "owner.h"

/* The region of QEMU's own that has the whole access, or NULL. */
static MemoryRegion *part_at(MemoryRegion *bar, hwaddr addr, unsigned size)
{
    MemoryRegion *part;

    QTAILQ_FOREACH(part, &bar->container->subregions, subregions_link) {
        if (part != bar && addr >= part->addr &&
            addr + size <= part->addr + memory_region_size(part)) {
            return part;
        }
    }
    return NULL;
}

static MemTxResult bar_read(void *opaque, hwaddr addr, uint64_t *data,
                            unsigned size, MemTxAttrs attrs)
{
    MemoryRegion *part = part_at(opaque, addr, size);

    *data = 0;
    return part ? memory_region_dispatch_read(part, addr - part->addr, data,
                                              size_memop(size) | MO_LE, attrs)
                : MEMTX_OK;
}

static MemTxResult bar_write(void *opaque, hwaddr addr, uint64_t data,
                             unsigned size, MemTxAttrs attrs)
{
    MemoryRegion *part = part_at(opaque, addr, size);

    return part ? memory_region_dispatch_write(part, addr - part->addr, data,
                                               size_memop(size) | MO_LE, attrs)
                : MEMTX_OK;
}

static const MemoryRegionOps bar_ops = {
    .read_with_attrs = bar_read,
    .write_with_attrs = bar_write,
    ACCESS_OF_ANY_WIDTH,
};

/* Before the parts, which are no longer in the memory map then. */
static void unite(VirtIOMemberPCI *m, unsigned bar, MemoryRegion *container)
{
    MemoryRegion *whole = &m->bars[bar];

    memory_region_init_io(whole, OBJECT(m), &bar_ops, whole, "member-bar",
                          memory_region_size(container));
    /* The part guards itself, and both are the same device's. */
    whole->disable_reentrancy_guard = true;
    memory_region_add_subregion_overlap(container, 0, whole, 1);
}

/*
 * The window in configuration space (VIRTIO_PCI_CAP_PCI_CFG) is ours: QEMU's
 * comes with an address space, which costs time with each change of the
 * memory map. It stays, with nothing in it.
 */
static void take_over_window(VirtIOMemberPCI *m)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(m);

    m->window = proxy->config_cap;
    proxy->config_cap = 0;
    memory_region_init(&m->nothing, OBJECT(m), "member-nothing",
                       memory_region_size(&proxy->modern_bar));
    memory_region_ref(&m->nothing);
    proxy->modern_cfg_mem_as.root = &m->nothing;
    memory_region_unref(&proxy->modern_bar);
}

void member_unite_bars(VirtIOMemberPCI *m)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(m);

    unite(m, proxy->msix_bar_idx, &PCI_DEVICE(m)->msix_exclusive_bar);
    unite(m, proxy->modern_mem_bar_idx, &proxy->modern_bar);
    take_over_window(m);
}

void member_divide_bars(VirtIOMemberPCI *m)
{
    VirtIOPCIProxy *proxy = VIRTIO_PCI(m);

    memory_region_del_subregion(&PCI_DEVICE(m)->msix_exclusive_bar,
                                &m->bars[proxy->msix_bar_idx]);
    memory_region_del_subregion(&proxy->modern_bar,
                                &m->bars[proxy->modern_mem_bar_idx]);
}

typedef struct WindowAccess {
    MemoryRegion *bar;
    hwaddr offset;
    unsigned size;
    uint8_t *data;
} WindowAccess;

/* What an access to configuration space does to the BARs, if anything. */
static bool window_access(VirtIOMemberPCI *m, uint32_t addr, int len,
                          WindowAccess *access)
{
    PCIDevice *dev = PCI_DEVICE(m);
    uint8_t *cap = dev->config + m->window;
    uint8_t bar = cap[offsetof(struct virtio_pci_cap, bar)];
    uint32_t data = offsetof(struct virtio_pci_cfg_cap, pci_cfg_data);
    unsigned size = pci_get_long(cap + offsetof(struct virtio_pci_cap, length));

    if (!ranges_overlap(addr, len, m->window + data, sizeof(uint32_t)) ||
        bar >= PCI_ROM_SLOT || !dev->io_regions[bar].size) {
        return false;
    }
    *access = (WindowAccess) {
        .bar = &m->bars[bar],
        .offset = pci_get_long(cap + offsetof(struct virtio_pci_cap, offset)),
        .size = size,
        .data = cap + data,
    };
    return (size == 1 || size == 2 || size == 4) &&
           access->offset % size == 0 &&
           access->offset + size <= dev->io_regions[bar].size;
}

/* Before configuration space is read. */
void member_window_read(VirtIOMemberPCI *m, uint32_t addr, int len)
{
    WindowAccess access;
    uint64_t value = 0;

    if (window_access(m, addr, len, &access)) {
        memory_region_dispatch_read(access.bar, access.offset, &value,
                                    size_memop(access.size) | MO_LE,
                                    MEMTXATTRS_UNSPECIFIED);
        stn_le_p(access.data, access.size, value);
    }
}

/* After configuration space was written. */
void member_window_write(VirtIOMemberPCI *m, uint32_t addr, int len)
{
    WindowAccess access;

    if (window_access(m, addr, len, &access)) {
        memory_region_dispatch_write(access.bar, access.offset,
                                     ldn_le_p(access.data, access.size),
                                     size_memop(access.size) | MO_LE,
                                     MEMTXATTRS_UNSPECIFIED);
    }
}
