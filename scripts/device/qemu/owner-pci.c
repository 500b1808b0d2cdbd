/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The owner: a non-transitional PF with SR-IOV and AER.
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

bool owner_vf_enable(VirtIOOwnerPCI *o)
{
    PCIDevice *dev = PCI_DEVICE(o);

    return pci_get_word(dev->config + dev->exp.sriov_cap + PCI_SRIOV_CTRL) &
           PCI_SRIOV_CTRL_VFE;
}

/* Zero while VF Enable is clear: there are no members then. */
uint16_t owner_num_vfs(VirtIOOwnerPCI *o)
{
    return pcie_sriov_num_vfs(PCI_DEVICE(o));
}

/* Whether it is enabled or not; NULL beyond the last. */
VirtIOMemberPCI *owner_nth_member(VirtIOOwnerPCI *o, unsigned n)
{
    PCIDevice **vfs = PCI_DEVICE(o)->exp.sriov_pf.vf;

    return vfs && n < o->members ? VIRTIO_MEMBER_PCI(vfs[n]) : NULL;
}

/* Member ids are 1 to NumVFs. */
VirtIOMemberPCI *owner_member(VirtIOOwnerPCI *o, uint64_t id)
{
    if (!id || id > owner_num_vfs(o)) {
        return NULL;
    }
    return owner_nth_member(o, id - 1);
}

static void owner_config_write(PCIDevice *dev, uint32_t addr, uint32_t value,
                               int len)
{
    VirtIOOwnerPCI *o = VIRTIO_OWNER_PCI(dev);
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
    if (enabled && o->forget_list) {
        admin_command_reset(o);
    }
    admin_trace_event(o, "VF Enable %s, NumVFs %u", enabled ? "off" : "on",
                      owner_num_vfs(o));
    if (enabled && o->queue.outstanding) {
        admin_violation(o, "VF Enable cleared with %u commands outstanding",
                        o->queue.outstanding);
    }
}

static bool check_properties(VirtIOOwnerPCI *o, Error **errp)
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

/* A 64-bit BAR can be above 4 GiB if it is prefetchable. */
static void widen_msix_bar(PCIDevice *dev)
{
    PCIIORegion *bar = &dev->io_regions[MSIX_BAR];
    unsigned addr = PCI_BASE_ADDRESS_0 + 4 * MSIX_BAR;

    bar->type |= PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH;
    if (!pci_is_vf(dev)) {
        pci_set_long(dev->config + addr, bar->type);
        pci_set_quad(dev->wmask + addr, ~(bar->size - 1));
        pci_set_quad(dev->cmask + addr, UINT64_MAX);
    }
}

/* What differs from QEMU's layout, of the owner itself or of a member. */
bool owner_complete_layout(VirtIOOwnerPCI *o, PCIDevice *dev, Error **errp)
{
    if (o->msix_64 && dev->io_regions[MSIX_BAR].size) {
        widen_msix_bar(dev);
    }
    return owner_add_extra_capabilities(o, dev, errp);
}

static bool add_sriov(VirtIOOwnerPCI *o, Error **errp)
{
    g_autofree char *member = group_type_name(o->type, "member-pci");
    PCIDevice *dev = PCI_DEVICE(o);
    uint16_t id = o->member_device_id;
    bool ok;

    if (!id) {
        id = PCI_DEVICE_ID_VIRTIO_10_BASE + o->type->virtio_id;
    }
    pcie_ari_init(dev, OWNER_ARI_OFFSET);
    memory_region_transaction_begin();
    ok = pcie_sriov_pf_init(dev, OWNER_SRIOV_OFFSET, member, id, o->members,
                            o->members, VF_OFFSET, VF_STRIDE, errp);
    memory_region_transaction_commit();
    if (!ok) {
        return false;
    }
    announce_vf_bars(dev);
    if (o->vf_migration) {
        pci_long_test_and_set_mask(dev->config + OWNER_SRIOV_OFFSET +
                                   PCI_SRIOV_CAP, PCI_SRIOV_CAP_VFM);
    }
    o->virtio_config_write = dev->config_write;
    dev->config_write = owner_config_write;
    return true;
}

static void owner_realize(VirtIOPCIProxy *proxy, Error **errp)
{
    VirtIOOwnerPCI *o = VIRTIO_OWNER_PCI(proxy);

    if (!check_properties(o, errp) || !admin_trace_open(o, errp)) {
        return;
    }
    if (proxy->nvectors == DEV_NVECTORS_UNSPECIFIED) {
        /* Configuration, the model's queues, administration queue. */
        proxy->nvectors = group_queues(o->type, o->vdev) + 2;
    }
    admin_command_reset(o);
    o->doorbell_bar = o->msix_64 ? 3 : 2;
    if (!group_realize_model(proxy, o->vdev, errp) ||
        !owner_complete_layout(o, PCI_DEVICE(o), errp)) {
        return;
    }
    owner_add_absent_memory(o);
    owner_add_common_config(o);
    owner_add_doorbells(o);
    if (!add_sriov(o, errp)) {
        return;
    }
    owner_break_capabilities(o, errp);
}

static void owner_exit(PCIDevice *dev)
{
    VirtIOOwnerPCI *o = VIRTIO_OWNER_PCI(dev);

    controller_cleanup(o);
    pcie_sriov_pf_exit(dev);
    owner_remove_common_config(o);
    virtio_pci_exit_owner(dev);
    admin_trace_close(o);
}

static const Property owner_properties[] = {
    DEFINE_PROP_BIT("ioeventfd", VirtIOPCIProxy, flags,
                    VIRTIO_PCI_FLAG_USE_IOEVENTFD_BIT, true),
    DEFINE_PROP_UINT32("vectors", VirtIOPCIProxy, nvectors,
                       DEV_NVECTORS_UNSPECIFIED),
    DEFINE_PROP_UINT16("members", VirtIOOwnerPCI, members, 8),
    DEFINE_PROP_UINT16("member-device-id", VirtIOOwnerPCI,
                       member_device_id, 0),
    DEFINE_PROP_UINT16("member-command-bits", VirtIOOwnerPCI,
                       member_command_bits, PCI_COMMAND_MASTER),
    DEFINE_PROP_STRING("member-backend", VirtIOOwnerPCI, member_backend),
    DEFINE_PROP_UINT16("admin-queue-size", VirtIOOwnerPCI,
                       admin_queue_size, 64),
    DEFINE_PROP_BOOL("admin-vq", VirtIOOwnerPCI, admin_vq, true),
    DEFINE_PROP_BOOL("order-platform", VirtIOOwnerPCI, order_platform, false),
    DEFINE_PROP_BOOL("admin-legacy", VirtIOOwnerPCI, admin_legacy, true),
    DEFINE_PROP_STRING("admin-trace", VirtIOOwnerPCI, trace_path),
    DEFINE_PROP_BOOL("vf-migration", VirtIOOwnerPCI, vf_migration, false),
    DEFINE_PROP_BOOL("msix-64", VirtIOOwnerPCI, msix_64, false),
    DEFINE_PROP_STRING("extra-capabilities", VirtIOOwnerPCI,
                       extra_capabilities),
    DEFINE_PROP_STRING("capability-fault", VirtIOOwnerPCI,
                       capability_fault),
};

/* Members' state and commands in flight are nobody's to carry over. */
static const VMStateDescription owner_vmstate = {
    .name = "virtio-owner",
    .unmigratable = 1,
};

static void owner_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);

    VIRTIO_PCI_CLASS(klass)->realize = owner_realize;
    virtio_pci_exit_owner = k->exit;
    k->exit = owner_exit;
    device_class_set_props(dc, owner_properties);
    owner_class_add_properties(klass);
    dc->vmsd = &owner_vmstate;
}

static void owner_instance_init(Object *obj)
{
    VirtIOOwnerPCI *o = VIRTIO_OWNER_PCI(obj);
    static const MACAddr base = { .a = { 0x52, 0x54, 0, 0xaa, 0, 0 } };
    g_autofree char *model = NULL;

    o->type = VIRTIO_OWNER_PCI_GET_CLASS(o)->type;
    model = group_type_name(o->type, "owner-device");
    o->vdev = group_add_model(obj, o->type, model);
    virtio_pci_force_virtio_1(VIRTIO_PCI(obj));
    VIRTIO_PCI(obj)->flags |= VIRTIO_PCI_FLAG_AER;
    o->member_mac_base = base;
    o->strict_vf_enable = true;
    o->notify_info = NOTIFY_INFO_MEMBER;
    o->queue.next_index = OWNER_ADMIN_QUEUE_INDEX;
    o->faults = g_array_new(false, false, sizeof(AdminFault));
    admin_stats_init(o);
}

static void owner_instance_finalize(Object *obj)
{
    VirtIOOwnerPCI *o = VIRTIO_OWNER_PCI(obj);

    g_array_unref(o->faults);
    admin_stats_cleanup(o);
}

static const TypeInfo owner_info = {
    .name = TYPE_VIRTIO_OWNER_PCI,
    .parent = TYPE_VIRTIO_PCI,
    .abstract = true,
    .instance_size = sizeof(VirtIOOwnerPCI),
    .instance_init = owner_instance_init,
    .instance_finalize = owner_instance_finalize,
    .class_size = sizeof(GroupPCIClass),
    .class_init = owner_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_PCIE_DEVICE },
        { }
    },
};

static void type_class_init(ObjectClass *klass, void *data)
{
    const GroupType *type = data;

    group_class_init(klass, data);
    DEVICE_CLASS(klass)->desc = "owner (PF) of an SR-IOV group";
    if (type->owner_class_init) {
        type->owner_class_init(klass);
    }
}

static void register_owner(const GroupType *type)
{
    g_autofree char *name = group_type_name(type, "owner-pci");
    const TypeInfo info = {
        .name = name,
        .parent = TYPE_VIRTIO_OWNER_PCI,
        .class_init = type_class_init,
        .class_data = (void *)type,
    };

    type_register_static(&info);
}

static void owner_register_types(void)
{
    type_register_static(&owner_info);
    group_types_register(register_owner);
}

type_init(owner_register_types)
