/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The owner: a non-transitional virtio-net PF with SR-IOV and AER.
 */
#include "qemu/osdep.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pcie.h"
#include "hw/pci/pcie_sriov.h"
#include "hw/qdev-properties.h"
#include "qemu/range.h"
#include "migration/vmstate.h"
#include "owner.h"

#define OWNER_ARI_OFFSET 0x180
#define OWNER_SRIOV_OFFSET 0x1c0
#define VF_OFFSET 1
#define VF_STRIDE 1

static PCIUnregisterFunc *virtio_pci_exit_owner;

bool owner_vf_enable(VirtIONetOwnerPCI *o)
{
    PCIDevice *dev = PCI_DEVICE(o);

    return pci_get_word(dev->config + dev->exp.sriov_cap + PCI_SRIOV_CTRL) &
           PCI_SRIOV_CTRL_VFE;
}

/* Zero while VF Enable is clear: there are no members then. */
uint16_t owner_num_vfs(VirtIONetOwnerPCI *o)
{
    return pcie_sriov_num_vfs(PCI_DEVICE(o));
}

/* Member ids are 1 to NumVFs. */
VirtIONetMemberPCI *owner_member(VirtIONetOwnerPCI *o, uint64_t id)
{
    if (!id || id > owner_num_vfs(o)) {
        return NULL;
    }
    return VIRTIO_NET_MEMBER_PCI(pcie_sriov_get_vf_at_index(PCI_DEVICE(o),
                                                            id - 1));
}

static void owner_config_write(PCIDevice *dev, uint32_t addr, uint32_t value,
                               int len)
{
    VirtIONetOwnerPCI *o = VIRTIO_NET_OWNER_PCI(dev);
    bool enabled = owner_vf_enable(o);
    bool batch = !enabled && range_covers_byte(addr, len,
                                               dev->exp.sriov_cap +
                                               PCI_SRIOV_CTRL);

    /*
     * One update of the memory map for all members that appear. Not where
     * they go: a transaction must not outlive the eventfds that it removes.
     */
    if (batch) {
        memory_region_transaction_begin();
    }
    o->virtio_config_write(dev, addr, value, len);
    if (batch) {
        memory_region_transaction_commit();
    }
    pcie_aer_write_config(dev, addr, value, len);
    if (enabled == owner_vf_enable(o)) {
        return;
    }
    admin_trace_event(o, "VF Enable %s, NumVFs %u", enabled ? "off" : "on",
                      owner_num_vfs(o));
    if (enabled && o->queue.outstanding) {
        admin_violation(o, "VF Enable cleared with %u commands outstanding",
                        o->queue.outstanding);
    }
}

static bool check_properties(VirtIONetOwnerPCI *o, Error **errp)
{
    if (!o->members || o->members > OWNER_MEMBERS_MAX) {
        error_setg(errp, "members must be 1 to %d", OWNER_MEMBERS_MAX);
        return false;
    }
    if (!is_power_of_2(o->admin_queue_size) ||
        o->admin_queue_size > VIRTQUEUE_MAX_SIZE) {
        error_setg(errp, "admin-queue-size must be a power of 2 up to %d",
                   VIRTQUEUE_MAX_SIZE);
        return false;
    }
    if (VIRTIO_PCI(o)->flags & VIRTIO_PCI_FLAG_MODERN_PIO_NOTIFY) {
        error_setg(errp, "modern-pio-notify would take the doorbells' BAR");
        return false;
    }
    if (!pci_is_express(PCI_DEVICE(o))) {
        error_setg(errp, "SR-IOV needs a PCI Express port as bus");
        return false;
    }
    return true;
}

/* What the VFs registered is what the SR-IOV capability announces. */
static void announce_vf_bars(PCIDevice *dev)
{
    PCIDevice *vf = dev->exp.sriov_pf.vf[0];
    unsigned i;

    for (i = 0; i < PCI_ROM_SLOT; i++) {
        if (vf->io_regions[i].size) {
            pcie_sriov_pf_init_vf_bar(dev, i, vf->io_regions[i].type,
                                      vf->io_regions[i].size);
        }
    }
}

static bool add_sriov(VirtIONetOwnerPCI *o, Error **errp)
{
    PCIDevice *dev = PCI_DEVICE(o);
    bool ok;

    pcie_ari_init(dev, OWNER_ARI_OFFSET);
    memory_region_transaction_begin();
    ok = pcie_sriov_pf_init(dev, OWNER_SRIOV_OFFSET,
                            TYPE_VIRTIO_NET_MEMBER_PCI, o->member_device_id,
                            o->members, o->members, VF_OFFSET, VF_STRIDE,
                            errp);
    memory_region_transaction_commit();
    if (!ok) {
        return false;
    }
    announce_vf_bars(dev);
    o->virtio_config_write = dev->config_write;
    dev->config_write = owner_config_write;
    return true;
}

static void owner_realize(VirtIOPCIProxy *proxy, Error **errp)
{
    VirtIONetOwnerPCI *o = VIRTIO_NET_OWNER_PCI(proxy);
    unsigned pairs = MAX(o->vdev.nic_conf.peers.queues, 1);

    if (!check_properties(o, errp) || !admin_trace_open(o, errp)) {
        return;
    }
    if (proxy->nvectors == DEV_NVECTORS_UNSPECIFIED) {
        /* Configuration, the pairs, control queue, administration queue. */
        proxy->nvectors = 2 * pairs + 3;
    }
    admin_command_reset(o);
    virtio_net_set_netclient_name(&o->vdev, DEVICE(o)->id,
                                  object_get_typename(OBJECT(o)));
    if (!qdev_realize(DEVICE(&o->vdev), BUS(&proxy->bus), errp)) {
        return;
    }
    owner_add_absent_memory(o);
    owner_add_config_fields(o);
    owner_add_doorbells(o);
    if (!add_sriov(o, errp)) {
        return;
    }
    owner_break_capabilities(o, errp);
}

static void owner_exit(PCIDevice *dev)
{
    VirtIONetOwnerPCI *o = VIRTIO_NET_OWNER_PCI(dev);
    VirtIOPCIProxy *proxy = VIRTIO_PCI(o);

    pcie_sriov_pf_exit(dev);
    memory_region_del_subregion(&proxy->modern_bar, &o->num_queues);
    memory_region_del_subregion(&proxy->modern_bar, &o->admin_queue_fields);
    virtio_pci_exit_owner(dev);
    admin_trace_close(o);
}

static const Property owner_properties[] = {
    DEFINE_PROP_BIT("ioeventfd", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_USE_IOEVENTFD_BIT, true),
    DEFINE_PROP_UINT32("vectors", VirtIOPCIProxy, nvectors,
                       DEV_NVECTORS_UNSPECIFIED),
    DEFINE_PROP_UINT16("members", VirtIONetOwnerPCI, members, 8),
    DEFINE_PROP_UINT16("member-device-id", VirtIONetOwnerPCI,
                       member_device_id,
                       PCI_DEVICE_ID_VIRTIO_10_BASE + VIRTIO_ID_NET),
    DEFINE_PROP_STRING("member-netdev", VirtIONetOwnerPCI, member_netdev),
    DEFINE_PROP_MACADDR("member-mac-base", VirtIONetOwnerPCI,
                        member_mac_base),
    DEFINE_PROP_UINT16("member-mtu", VirtIONetOwnerPCI, member_mtu, 0),
    DEFINE_PROP_UINT16("admin-queue-size", VirtIONetOwnerPCI,
                       admin_queue_size, 64),
    DEFINE_PROP_BOOL("admin-vq", VirtIONetOwnerPCI, admin_vq, true),
    DEFINE_PROP_BOOL("admin-legacy", VirtIONetOwnerPCI, admin_legacy, true),
    DEFINE_PROP_STRING("admin-trace", VirtIONetOwnerPCI, trace_path),
    DEFINE_PROP_STRING("capability-fault", VirtIONetOwnerPCI,
                       capability_fault),
};

/* Members' state and commands in flight are nobody's to carry over. */
static const VMStateDescription owner_vmstate = {
    .name = "virtio-net-owner",
    .unmigratable = 1,
};

static void owner_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    VIRTIO_PCI_CLASS(klass)->realize = owner_realize;
    virtio_pci_exit_owner = k->exit;
    k->exit = owner_exit;
    k->device_id = PCI_DEVICE_ID_VIRTIO_10_BASE + VIRTIO_ID_NET;
    k->class_id = PCI_CLASS_NETWORK_ETHERNET;
    device_class_set_props(dc, owner_properties);
    owner_class_add_properties(klass);
    dc->desc = "owner (PF) of a virtio-net SR-IOV group";
    dc->vmsd = &owner_vmstate;
    set_bit(DEVICE_CATEGORY_NETWORK, dc->categories);
}

static void owner_instance_init(Object *obj)
{
    VirtIONetOwnerPCI *o = VIRTIO_NET_OWNER_PCI(obj);
    static const MACAddr base = { .a = { 0x52, 0x54, 0, 0xaa, 0, 0 } };

    virtio_instance_init_common(obj, &o->vdev, sizeof(o->vdev),
                                TYPE_VIRTIO_NET_OWNER);
    virtio_pci_force_virtio_1(VIRTIO_PCI(obj));
    VIRTIO_PCI(obj)->flags |= VIRTIO_PCI_FLAG_AER;
    o->member_mac_base = base;
    o->strict_vf_enable = true;
    o->notify_info = NOTIFY_INFO_MEMBER;
    o->faults = g_array_new(false, false, sizeof(AdminFault));
    admin_stats_init(o);
}

static void owner_instance_finalize(Object *obj)
{
    VirtIONetOwnerPCI *o = VIRTIO_NET_OWNER_PCI(obj);

    g_array_unref(o->faults);
    admin_stats_cleanup(o);
}

static const TypeInfo owner_info = {
    .name = TYPE_VIRTIO_NET_OWNER_PCI,
    .parent = TYPE_VIRTIO_PCI,
    .instance_size = sizeof(VirtIONetOwnerPCI),
    .instance_init = owner_instance_init,
    .instance_finalize = owner_instance_finalize,
    .class_init = owner_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_PCIE_DEVICE },
        { }
    },
};

static void owner_register_types(void)
{
    type_register_static(&owner_info);
}

type_init(owner_register_types)
