/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MSI-X of the members: messages are counted, and on request the device
 * refuses vectors, has no vector registers, or loses vectors or MSI-X Enable.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "owner.h"

static const char *const kind_names[REFUSE_KINDS] = {
    [REFUSE_NONE] = "none",
    [REFUSE_CONFIG] = "config",
    [REFUSE_QUEUES] = "queues",
    [REFUSE_ALL] = "all",
};

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

static bool has_kind(int kinds, uint8_t field)
{
    return (field == VIRTIO_MSI_CONFIG_VECTOR && (kinds & REFUSE_CONFIG)) ||
           (field == VIRTIO_MSI_QUEUE_VECTOR && (kinds & REFUSE_QUEUES));
}

/* Whether a legacy register is missing, so that a command to it fails. */
bool member_lacks_vector_register(VirtIOMemberPCI *m, uint8_t field)
{
    return has_kind(m->owner->member_absent_vectors, field);
}

/* The value that a legacy register takes: a refused vector reads back as none. */
uint32_t member_accepted_vector(VirtIOMemberPCI *m, uint8_t field,
                                uint32_t value)
{
    return has_kind(m->owner->member_refused_vectors, field) ? VIRTIO_NO_VECTOR
                                                             : value;
}

void member_lose_vectors(VirtIOMemberPCI *m)
{
    int i;

    admin_trace_event(m->owner, "vectors lost member=%u", m->id);
    m->vdev->config_vector = VIRTIO_NO_VECTOR;
    for (i = 0; i < VIRTIO_QUEUE_MAX; i++) {
        if (virtio_queue_get_num(m->vdev, i)) {
            virtio_queue_set_vector(m->vdev, i, VIRTIO_NO_VECTOR);
        }
    }
    msix_unuse_all_vectors(PCI_DEVICE(m));
}

/* As if the driver of each member had switched MSI-X off. */
void owner_drop_msix(VirtIOOwnerPCI *o)
{
    VirtIOMemberPCI *m;
    PCIDevice *dev;
    uint16_t flags;
    unsigned i;

    for (i = 0; (m = owner_nth_member(o, i)); i++) {
        dev = PCI_DEVICE(m);
        if (!msix_enabled(dev)) {
            continue;
        }
        admin_trace_event(o, "MSI-X Enable lost member=%u", m->id);
        flags = pci_get_word(dev->config + dev->msix_cap + PCI_MSIX_FLAGS);
        dev->config_write(dev, dev->msix_cap + PCI_MSIX_FLAGS,
                          flags & ~PCI_MSIX_FLAGS_ENABLE, 2);
    }
}

static void set_kinds(int *kinds, const char *name, const char *value,
                      Error **errp)
{
    int i;

    for (i = 0; i < REFUSE_KINDS; i++) {
        if (!strcmp(value, kind_names[i])) {
            *kinds = i;
            return;
        }
    }
    error_setg(errp, "%s is none, config, queues or all", name);
}

static char *get_refused(Object *obj, Error **errp)
{
    return g_strdup(kind_names[VIRTIO_OWNER_PCI(obj)->refused_vectors]);
}

static void set_refused(Object *obj, const char *value, Error **errp)
{
    set_kinds(&VIRTIO_OWNER_PCI(obj)->refused_vectors, "refused-vectors",
              value, errp);
}

static char *get_member_refused(Object *obj, Error **errp)
{
    return g_strdup(kind_names[VIRTIO_OWNER_PCI(obj)->member_refused_vectors]);
}

static void set_member_refused(Object *obj, const char *value, Error **errp)
{
    set_kinds(&VIRTIO_OWNER_PCI(obj)->member_refused_vectors,
              "member-refused-vectors", value, errp);
}

static char *get_member_absent(Object *obj, Error **errp)
{
    return g_strdup(kind_names[VIRTIO_OWNER_PCI(obj)->member_absent_vectors]);
}

static void set_member_absent(Object *obj, const char *value, Error **errp)
{
    set_kinds(&VIRTIO_OWNER_PCI(obj)->member_absent_vectors,
              "member-absent-vectors", value, errp);
}

static bool get_lose_vectors(Object *obj, Error **errp)
{
    return VIRTIO_OWNER_PCI(obj)->lose_vectors;
}

static void set_lose_vectors(Object *obj, bool value, Error **errp)
{
    VIRTIO_OWNER_PCI(obj)->lose_vectors = value;
}

static bool get_drop_msix(Object *obj, Error **errp)
{
    return VIRTIO_OWNER_PCI(obj)->drop_msix;
}

static void set_drop_msix(Object *obj, bool value, Error **errp)
{
    VIRTIO_OWNER_PCI(obj)->drop_msix = value;
}

void owner_class_add_vector_properties(ObjectClass *klass)
{
    object_class_property_add_str(klass, "refused-vectors", get_refused,
                                  set_refused);
    object_class_property_add_str(klass, "member-refused-vectors",
                                  get_member_refused, set_member_refused);
    object_class_property_add_str(klass, "member-absent-vectors",
                                  get_member_absent, set_member_absent);
    object_class_property_add_bool(klass, "lose-vectors", get_lose_vectors,
                                   set_lose_vectors);
    object_class_property_add_bool(klass, "drop-msix", get_drop_msix,
                                   set_drop_msix);
}
