/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A member: a non-transitional VF. VF BAR0 is hardwired to zero; the legacy
 * interface is reached through the owner.
 */
#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "hw/pci/pcie.h"
#include "hw/pci/pcie_sriov.h"
#include "migration/vmstate.h"
#include "owner.h"

#define MEMBER_ARI_OFFSET 0x180

static ResettableHoldPhase virtio_pci_hold;
static PCIUnregisterFunc *virtio_pci_exit_member;

/* Member n takes the back end PREFIXn, if the owner has a prefix. */
char *member_backend(VirtIOMemberPCI *m)
{
    const char *prefix = m->owner->member_backend;

    return prefix ? g_strdup_printf("%s%u", prefix, m->id) : NULL;
}

/* So that the monitor can name it, for example to inject an error. */
static void set_id(VirtIOMemberPCI *m)
{
    const char *owner_id = DEVICE(m->owner)->id;

    if (owner_id && !DEVICE(m)->id) {
        DEVICE(m)->id = g_strdup_printf("%s-vf%u", owner_id, m->id);
    }
}

static uint32_t member_config_read(PCIDevice *dev, uint32_t addr, int len)
{
    VirtIOMemberPCI *m = VIRTIO_MEMBER_PCI(dev);
    uint32_t value;

    member_window_read(m, addr, len);
    value = m->virtio_config_read(dev, addr, len);
    /* A VF has no memory enable bit of its own; MSE in the owner decides. */
    if (addr == PCI_COMMAND) {
        value &= ~PCI_COMMAND_MEMORY;
    }
    return value;
}

static void member_config_write(PCIDevice *dev, uint32_t addr, uint32_t value,
                                int len)
{
    VirtIOMemberPCI *m = VIRTIO_MEMBER_PCI(dev);
    bool msix = msix_enabled(dev);

    m->virtio_config_write(dev, addr, value, len);
    if (m->owner->lose_vectors && msix != msix_enabled(dev)) {
        member_lose_vectors(m);
    }
    member_window_write(m, addr, len);
}

/*
 * What a VF does not implement: INTx, and bits of the command register but bus
 * mastering, unless the owner's properties say so. The memory bit is kept set underneath, because QEMU looks at it;
 * enabling the VF through VF Enable is what maps its BARs.
 */
static void become_vf(VirtIOMemberPCI *m)
{
    PCIDevice *dev = PCI_DEVICE(m);

    pci_set_byte(dev->config + PCI_INTERRUPT_PIN, 0);
    pci_set_word(dev->wmask + PCI_COMMAND, m->owner->member_command_bits);
    pci_set_word(dev->config + PCI_COMMAND, PCI_COMMAND_MEMORY);
    m->virtio_config_read = dev->config_read;
    dev->config_read = member_config_read;
    m->virtio_config_write = dev->config_write;
    dev->config_write = member_config_write;
}

static void member_realize(VirtIOPCIProxy *proxy, Error **errp)
{
    VirtIOMemberPCI *m = VIRTIO_MEMBER_PCI(proxy);
    PCIDevice *dev = PCI_DEVICE(m);
    PCIDevice *owner = pcie_sriov_get_pf(dev);

    if (!owner || !object_dynamic_cast(OBJECT(owner), TYPE_VIRTIO_OWNER_PCI)) {
        error_setg(errp, "%s exists only below its owner",
                   object_get_typename(OBJECT(m)));
        return;
    }
    m->owner = VIRTIO_OWNER_PCI(owner);
    m->id = pcie_sriov_vf_number(dev) + 1;
    set_id(m);
    if (m->type->member_prepare && !m->type->member_prepare(m, errp)) {
        return;
    }

    /* One vector for the configuration, and one for each queue. */
    proxy->nvectors = group_queues(m->type, m->vdev) + 1;
    if (!group_realize_model(proxy, m->vdev, errp) ||
        !owner_complete_layout(m->owner, dev, errp)) {
        return;
    }
    member_count_messages(m);
    member_add_doorbell(m);
    member_unite_bars(m);
    pcie_ari_init(dev, MEMBER_ARI_OFFSET);
    become_vf(m);
}

static void member_exit(PCIDevice *dev)
{
    member_divide_bars(VIRTIO_MEMBER_PCI(dev));
    virtio_pci_exit_member(dev);
}

static void member_reset_hold(Object *obj, ResetType type)
{
    VirtIOMemberPCI *m = VIRTIO_MEMBER_PCI(obj);

    m->stats.function_resets++;
    m->reset_until = 0;
    admin_trace_event(m->owner, "function reset member=%u", m->id);
    virtio_pci_hold(obj, type);
}

/* Members' state and commands in flight are nobody's to carry over. */
static const VMStateDescription member_vmstate = {
    .name = "virtio-member",
    .unmigratable = 1,
};

static void member_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    VIRTIO_PCI_CLASS(klass)->realize = member_realize;
    virtio_pci_exit_member = k->exit;
    k->exit = member_exit;
    virtio_pci_hold = rc->phases.hold;
    rc->phases.hold = member_reset_hold;
    dc->user_creatable = false;
    dc->vmsd = &member_vmstate;
}

static void member_instance_init(Object *obj)
{
    VirtIOMemberPCI *m = VIRTIO_MEMBER_PCI(obj);
    VirtIOPCIProxy *proxy = VIRTIO_PCI(obj);

    m->type = VIRTIO_MEMBER_PCI_GET_CLASS(m)->type;
    m->vdev = group_add_model(obj, m->type, m->type->model);
    virtio_pci_force_virtio_1(proxy);
    proxy->flags |= VIRTIO_PCI_FLAG_AER | VIRTIO_PCI_FLAG_USE_IOEVENTFD;
    /* Without it QEMU's DMA would pass by the emulated IOMMU. */
    virtio_add_feature(&m->vdev->host_features, VIRTIO_F_IOMMU_PLATFORM);
}

static const TypeInfo member_info = {
    .name = TYPE_VIRTIO_MEMBER_PCI,
    .parent = TYPE_VIRTIO_PCI,
    .abstract = true,
    .instance_size = sizeof(VirtIOMemberPCI),
    .instance_init = member_instance_init,
    .class_size = sizeof(GroupPCIClass),
    .class_init = member_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_PCIE_DEVICE },
        { }
    },
};

static void type_class_init(ObjectClass *klass, void *data)
{
    group_class_init(klass, data);
    DEVICE_CLASS(klass)->desc = "member (VF) of an SR-IOV group";
}

static void register_member(const GroupType *type)
{
    g_autofree char *name = group_type_name(type, "member-pci");
    const TypeInfo info = {
        .name = name,
        .parent = TYPE_VIRTIO_MEMBER_PCI,
        .class_init = type_class_init,
        .class_data = (void *)type,
    };

    type_register_static(&info);
}

static void member_register_types(void)
{
    type_register_static(&member_info);
    group_types_register(register_member);
}

type_init(member_register_types)
