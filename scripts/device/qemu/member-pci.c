/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A member: a non-transitional virtio-net VF. VF BAR0 is hardwired to zero;
 * the legacy interface is reached through the owner.
 */
#include "qemu/osdep.h"
#include "hw/pci/pcie.h"
#include "hw/pci/pcie_sriov.h"
#include "hw/qdev-properties.h"
#include "net/net.h"
#include "migration/vmstate.h"
#include "owner.h"

#define MEMBER_ARI_OFFSET 0x180

static ResettableHoldPhase virtio_pci_hold;

static void set_mac(VirtIONetMemberPCI *m)
{
    MACAddr mac = m->owner->member_mac_base;
    unsigned low = mac.a[4] << 8 | mac.a[5];

    low += m->id;
    mac.a[4] = low >> 8;
    mac.a[5] = low;
    m->vdev.nic_conf.macaddr = mac;
}

/* Member n takes the netdev PREFIXn, or stays without a link partner. */
static bool set_netdev(VirtIONetMemberPCI *m, Error **errp)
{
    g_autofree char *name = NULL;

    if (!m->owner->member_netdev) {
        return true;
    }
    name = g_strdup_printf("%s%u", m->owner->member_netdev, m->id);
    if (!qemu_find_netdev(name)) {
        return true;
    }
    return object_property_set_str(OBJECT(&m->vdev), "netdev", name, errp);
}

/* So that the monitor can name it, for example to inject an error. */
static void set_id(VirtIONetMemberPCI *m)
{
    const char *owner_id = DEVICE(m->owner)->id;

    if (owner_id && !DEVICE(m)->id) {
        DEVICE(m)->id = g_strdup_printf("%s-vf%u", owner_id, m->id);
    }
}

static uint32_t member_config_read(PCIDevice *dev, uint32_t addr, int len)
{
    VirtIONetMemberPCI *m = VIRTIO_NET_MEMBER_PCI(dev);
    uint32_t value = m->virtio_config_read(dev, addr, len);

    /* A VF has no memory enable bit of its own; MSE in the owner decides. */
    if (addr == PCI_COMMAND) {
        value &= ~PCI_COMMAND_MEMORY;
    }
    return value;
}

/*
 * What a VF does not implement: INTx, and the enable bits of the command
 * register. The memory bit is kept set underneath, because QEMU looks at it;
 * enabling the VF through VF Enable is what maps its BARs.
 */
static void become_vf(VirtIONetMemberPCI *m)
{
    PCIDevice *dev = PCI_DEVICE(m);

    pci_set_byte(dev->config + PCI_INTERRUPT_PIN, 0);
    pci_set_word(dev->wmask + PCI_COMMAND, PCI_COMMAND_MASTER);
    pci_set_word(dev->config + PCI_COMMAND, PCI_COMMAND_MEMORY);
    m->virtio_config_read = dev->config_read;
    dev->config_read = member_config_read;
}

static void member_realize(VirtIOPCIProxy *proxy, Error **errp)
{
    VirtIONetMemberPCI *m = VIRTIO_NET_MEMBER_PCI(proxy);
    PCIDevice *dev = PCI_DEVICE(m);
    PCIDevice *owner = pcie_sriov_get_pf(dev);

    if (!owner || !object_dynamic_cast(OBJECT(owner),
                                       TYPE_VIRTIO_NET_OWNER_PCI)) {
        error_setg(errp, "%s exists only below its owner",
                   TYPE_VIRTIO_NET_MEMBER_PCI);
        return;
    }
    m->owner = VIRTIO_NET_OWNER_PCI(owner);
    m->id = pcie_sriov_vf_number(dev) + 1;
    m->vdev.net_conf.mtu = m->owner->member_mtu;
    set_id(m);
    set_mac(m);
    if (!set_netdev(m, errp)) {
        return;
    }

    proxy->nvectors = 2 * MAX(m->vdev.nic_conf.peers.queues, 1) + 2;
    virtio_net_set_netclient_name(&m->vdev, DEVICE(m)->id,
                                  object_get_typename(OBJECT(m)));
    if (!qdev_realize(DEVICE(&m->vdev), BUS(&proxy->bus), errp)) {
        return;
    }
    member_add_doorbell(m);
    pcie_ari_init(dev, MEMBER_ARI_OFFSET);
    become_vf(m);
}

static void member_reset_hold(Object *obj, ResetType type)
{
    VirtIONetMemberPCI *m = VIRTIO_NET_MEMBER_PCI(obj);

    m->stats.function_resets++;
    m->reset_until = 0;
    admin_trace_event(m->owner, "function reset member=%u", m->id);
    virtio_pci_hold(obj, type);
}

/* Members' state and commands in flight are nobody's to carry over. */
static const VMStateDescription member_vmstate = {
    .name = "virtio-net-member",
    .unmigratable = 1,
};

static void member_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    VIRTIO_PCI_CLASS(klass)->realize = member_realize;
    k->device_id = PCI_DEVICE_ID_VIRTIO_10_BASE + VIRTIO_ID_NET;
    k->class_id = PCI_CLASS_NETWORK_ETHERNET;
    virtio_pci_hold = rc->phases.hold;
    rc->phases.hold = member_reset_hold;
    dc->desc = "member (VF) of a virtio-net SR-IOV group";
    dc->user_creatable = false;
    dc->vmsd = &member_vmstate;
    set_bit(DEVICE_CATEGORY_NETWORK, dc->categories);
}

static void member_instance_init(Object *obj)
{
    VirtIONetMemberPCI *m = VIRTIO_NET_MEMBER_PCI(obj);
    VirtIOPCIProxy *proxy = VIRTIO_PCI(obj);

    virtio_instance_init_common(obj, &m->vdev, sizeof(m->vdev),
                                TYPE_VIRTIO_NET);
    virtio_pci_force_virtio_1(proxy);
    proxy->flags |= VIRTIO_PCI_FLAG_AER | VIRTIO_PCI_FLAG_USE_IOEVENTFD;
    /* Without it QEMU's DMA would pass by the emulated IOMMU. */
    virtio_add_feature(&VIRTIO_DEVICE(&m->vdev)->host_features,
                       VIRTIO_F_IOMMU_PLATFORM);
}

static const TypeInfo member_info = {
    .name = TYPE_VIRTIO_NET_MEMBER_PCI,
    .parent = TYPE_VIRTIO_PCI,
    .instance_size = sizeof(VirtIONetMemberPCI),
    .instance_init = member_instance_init,
    .class_init = member_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_PCIE_DEVICE },
        { }
    },
};

static void member_register_types(void)
{
    type_register_static(&member_info);
}

type_init(member_register_types)
