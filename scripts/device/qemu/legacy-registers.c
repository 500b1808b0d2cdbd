/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The legacy interface of a member, field by field ("PCI Device Layout /
 * Legacy Interfaces: A Note on PCI Device Layout"). The registers themselves
 * are those of QEMU's transitional devices.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "owner.h"

static const LegacyField common_fields[] = {
    { VIRTIO_PCI_HOST_FEATURES, 4 },
    { VIRTIO_PCI_GUEST_FEATURES, 4 },
    { VIRTIO_PCI_QUEUE_PFN, 4 },
    { VIRTIO_PCI_QUEUE_NUM, 2 },
    { VIRTIO_PCI_QUEUE_SEL, 2 },
    { VIRTIO_PCI_QUEUE_NOTIFY, 2 },
    { VIRTIO_PCI_STATUS, 1 },
    { VIRTIO_PCI_ISR, 1 },
    { VIRTIO_MSI_CONFIG_VECTOR, 2 },
    { VIRTIO_MSI_QUEUE_VECTOR, 2 },
};

/* The one field that holds the whole access, or NULL. */
static const LegacyField *find_field(const LegacyField *fields, size_t n,
                                     size_t end, size_t offset, size_t len)
{
    size_t i;

    for (i = 0; len && i < n; i++) {
        size_t field_end = fields[i].width ? fields[i].offset + fields[i].width
                                           : end;

        if (offset >= fields[i].offset && offset + len <= field_end &&
            field_end <= end) {
            return &fields[i];
        }
    }
    return NULL;
}

/* The vector registers exist only while MSI-X is enabled on the member. */
static const LegacyField *find_common(VirtIOMemberPCI *m, size_t offset,
                                      size_t len)
{
    bool msix = msix_enabled(PCI_DEVICE(m));
    const LegacyField *field = find_field(common_fields,
                                          ARRAY_SIZE(common_fields),
                                          VIRTIO_PCI_CONFIG_OFF(msix), offset,
                                          len);

    if (field && member_lacks_vector_register(m, field->offset)) {
        return NULL;
    }
    return field;
}

/* A field that the offered features do not bring is not there. */
static bool in_device_field(VirtIOMemberPCI *m, size_t offset, size_t len)
{
    return find_field(m->type->fields, m->type->num_fields,
                      m->vdev->config_len, offset, len);
}

/* A reset may take its time; the driver sees it end in the status register. */
static uint32_t read_register(VirtIOMemberPCI *m, uint8_t field)
{
    if (field == VIRTIO_PCI_STATUS &&
        qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) < m->reset_until) {
        return m->status_before_reset;
    }
    return virtio_pci_legacy_read(VIRTIO_PCI(m), field);
}

bool legacy_common_read(VirtIOMemberPCI *m, uint8_t offset, uint8_t *data,
                        size_t len)
{
    const LegacyField *field = find_common(m, offset, len);
    uint8_t bytes[4];

    if (!field) {
        return false;
    }
    stl_le_p(bytes, read_register(m, field->offset));
    memcpy(data, bytes + offset - field->offset, len);
    return true;
}

/* Reading back what a part of a field does not overwrite has no effect here. */
static uint32_t value_around(VirtIOMemberPCI *m, const LegacyField *field)
{
    switch (field->offset) {
    case VIRTIO_PCI_ISR:
    case VIRTIO_PCI_QUEUE_NOTIFY:
        return 0;
    default:
        return virtio_pci_legacy_read(VIRTIO_PCI(m), field->offset);
    }
}

static void write_status(VirtIOMemberPCI *m, uint8_t status)
{
    uint32_t value = status;

    if (!status) {
        m->stats.status0++;
        m->status_before_reset = read_register(m, VIRTIO_PCI_STATUS);
        m->reset_until = qemu_clock_get_ms(QEMU_CLOCK_VIRTUAL) +
                         m->owner->member_reset_ms;
    }
    /*
     * The register code switches bus mastering on when it sees exactly
     * ACKNOWLEDGE | DRIVER; it stores the low byte only. A member gets no
     * such favour, or nobody would notice a missing enable.
     */
    if (status == (VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER)) {
        value |= 0x100;
    }
    virtio_pci_legacy_write(VIRTIO_PCI(m), VIRTIO_PCI_STATUS, value);
}

static void write_field(VirtIOMemberPCI *m, uint8_t field, uint32_t value)
{
    switch (field) {
    case VIRTIO_PCI_HOST_FEATURES:
    case VIRTIO_PCI_QUEUE_NUM:
    case VIRTIO_PCI_ISR:
        /* Read-only: the legacy interface drops the write. */
        break;
    case VIRTIO_PCI_QUEUE_NOTIFY:
        member_doorbell(m, DOORBELL_COMMAND, value);
        break;
    case VIRTIO_PCI_STATUS:
        write_status(m, value);
        break;
    default:
        virtio_pci_legacy_write(VIRTIO_PCI(m), field,
                                member_accepted_vector(m, field, value));
        break;
    }
}

bool legacy_common_write(VirtIOMemberPCI *m, uint8_t offset,
                         const uint8_t *data, size_t len)
{
    const LegacyField *field = find_common(m, offset, len);
    uint8_t bytes[4];
    uint32_t value;

    if (!field) {
        return false;
    }
    stl_le_p(bytes, value_around(m, field));
    memcpy(bytes + offset - field->offset, data, len);
    value = ldl_le_p(bytes);
    if (field->width < 4) {
        value &= (1u << (8 * field->width)) - 1;
    }
    write_field(m, field->offset, value);
    return true;
}

bool legacy_device_read(VirtIOMemberPCI *m, uint8_t offset, uint8_t *data,
                        size_t len)
{
    size_t i;

    if (!in_device_field(m, offset, len)) {
        return false;
    }
    for (i = 0; i < len; i++) {
        data[i] = virtio_config_readb(m->vdev, offset + i);
    }
    return true;
}

/* An integer is written in one piece, so that no model sees half of one. */
bool legacy_device_write(VirtIOMemberPCI *m, uint8_t offset,
                         const uint8_t *data, size_t len)
{
    size_t i;

    if (!in_device_field(m, offset, len)) {
        return false;
    }
    switch (len) {
    case 2:
        virtio_config_writew(m->vdev, offset, lduw_le_p(data));
        return true;
    case 4:
        virtio_config_writel(m->vdev, offset, ldl_le_p(data));
        return true;
    }
    for (i = 0; i < len; i++) {
        virtio_config_writeb(m->vdev, offset + i, data[i]);
    }
    return true;
}
