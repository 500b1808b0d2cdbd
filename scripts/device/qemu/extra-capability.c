/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Capabilities of owner and members that a driver has to ignore
 * ("extra-capabilities", words joined by "+"). They precede the others:
 *
 *   reserved-overlap  a reserved cfg_type, whose contents would be a
 *                     structure over all of the doorbells' BAR
 *   reserved-long     a reserved cfg_type, longer than configuration space,
 *                     all ones
 *   vendor-overlap    vendor data of another vendor, otherwise as
 *                     reserved-overlap
 *   vendor-long       vendor data, otherwise as reserved-long
 *   vendor-short      vendor data that ends after the vendor id
 *   shared-memory     shared memory of 4 GiB and 4 KiB in the doorbells' BAR,
 *                     which is smaller; its lower half would fit
 */
#include "qemu/osdep.h"
#include "owner.h"

/* Those of virtio 1.4 end with VIRTIO_PCI_CAP_VENDOR_CFG. */
#define CFG_TYPE_RESERVED 0x2a
#define ANOTHER_VENDOR 0x1b00
/* All that the capabilities of QEMU's devices leave. */
#define EXTRA_SPACE 24

/* The vendor id has the place of bar and id in the other structures. */
typedef struct ExtraCapability {
    const char *name;
    uint8_t cfg_type;
    uint8_t size;
    /* As the capability says; 0: size. */
    uint8_t cap_len;
    bool ones;
    uint32_t length_hi;
} ExtraCapability;

static const ExtraCapability extras[] = {
    { "reserved-overlap", CFG_TYPE_RESERVED, sizeof(struct virtio_pci_cap) },
    { "reserved-long", CFG_TYPE_RESERVED, sizeof(struct virtio_pci_cap),
      .cap_len = 255, .ones = true },
    { "vendor-overlap", VIRTIO_PCI_CAP_VENDOR_CFG,
      sizeof(struct virtio_pci_cap) },
    { "vendor-long", VIRTIO_PCI_CAP_VENDOR_CFG, sizeof(struct virtio_pci_cap),
      .cap_len = 255, .ones = true },
    { "vendor-short", VIRTIO_PCI_CAP_VENDOR_CFG, 8, .cap_len = 6 },
    { "shared-memory", VIRTIO_PCI_CAP_SHARED_MEMORY_CFG,
      sizeof(struct virtio_pci_cap64), .length_hi = 1 },
};

static void fill(VirtIOOwnerPCI *o, const ExtraCapability *extra, uint8_t *cap)
{
    uint8_t bytes[sizeof(struct virtio_pci_cap64)] = { };
    struct virtio_pci_cap64 *cap64 = (void *)bytes;

    if (extra->ones) {
        memset(bytes, 0xff, sizeof(bytes));
    } else {
        cap64->cap.bar = o->doorbell_bar;
        cap64->cap.length = cpu_to_le32(DOORBELL_BAR_SIZE);
        cap64->length_hi = cpu_to_le32(extra->length_hi);
    }
    if (extra->cfg_type == VIRTIO_PCI_CAP_VENDOR_CFG) {
        stw_le_p(&cap64->cap.bar, ANOTHER_VENDOR | o->doorbell_bar);
    }
    cap64->cap.cap_len = extra->cap_len ?: extra->size;
    cap64->cap.cfg_type = extra->cfg_type;
    memcpy(cap + PCI_CAP_FLAGS, bytes + PCI_CAP_FLAGS,
           extra->size - PCI_CAP_FLAGS);
}

static const ExtraCapability *find(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(extras); i++) {
        if (!strcmp(name, extras[i].name)) {
            return &extras[i];
        }
    }
    return NULL;
}

/* Of the owner itself or of one of its members. */
bool owner_add_extra_capabilities(VirtIOOwnerPCI *o, PCIDevice *dev,
                                  Error **errp)
{
    g_auto(GStrv) names = g_strsplit(o->extra_capabilities ?: "none", "+", -1);
    const ExtraCapability *extra;
    unsigned i, used = 0;
    int offset;

    if (!strcmp(names[0], "none")) {
        return true;
    }
    for (i = 0; names[i]; i++) {
        extra = find(names[i]);
        used += extra ? extra->size : 0;
        if (!extra || used > EXTRA_SPACE) {
            error_setg(errp, "extra-capabilities are none, or reserved-overlap,"
                       " reserved-long, vendor-overlap, vendor-long,"
                       " vendor-short or shared-memory, %u bytes together",
                       EXTRA_SPACE);
            return false;
        }
        offset = pci_add_capability(dev, PCI_CAP_ID_VNDR, 0, extra->size,
                                    &error_abort);
        fill(o, extra, dev->config + offset);
    }
    return true;
}
