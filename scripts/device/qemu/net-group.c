/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What only groups of network devices have: addresses, an MTU, and queue
 * pairs. Each pair is served by a netdev of its own, so that user networks,
 * which have one queue, will do.
 */
#include "qemu/osdep.h"
#include "hw/qdev-properties.h"
#include "hw/virtio/virtio-net.h"
#include "net/net.h"
#include "owner.h"

unsigned net_count_queues(VirtIODevice *vdev)
{
    /* A pair each, and the control queue. */
    return 2 * MAX(VIRTIO_NET(vdev)->nic_conf.peers.queues, 1) + 1;
}

static void set_mac(VirtIOMemberPCI *m)
{
    MACAddr mac = m->owner->member_mac_base;
    unsigned low = mac.a[4] << 8 | mac.a[5];

    low += m->id;
    mac.a[4] = low >> 8;
    mac.a[5] = low;
    VIRTIO_NET(m->vdev)->nic_conf.macaddr = mac;
}

/* The first pair takes the netdev PREFIXn, pair k the netdev PREFIXn.k. */
static NetClientState *find_netdev(const char *backend, unsigned pair)
{
    g_autofree char *name = NULL;

    if (pair == 1) {
        return qemu_find_netdev(backend);
    }
    name = g_strdup_printf("%s.%u", backend, pair);
    return qemu_find_netdev(name);
}

/* Without a netdev a member stays without a link partner. */
static bool set_netdevs(VirtIOMemberPCI *m, Error **errp)
{
    NICPeers *peers = &VIRTIO_NET(m->vdev)->nic_conf.peers;
    g_autofree char *backend = member_backend(m);
    unsigned pairs = m->owner->member_queue_pairs;
    unsigned i;

    if (!backend || !find_netdev(backend, 1)) {
        return true;
    }
    for (i = 0; i < pairs; i++) {
        NetClientState *netdev = find_netdev(backend, i + 1);

        if (!netdev || netdev->peer) {
            error_setg(errp, "queue pair %u of member %u: no free netdev",
                       i + 1, m->id);
            return false;
        }
        netdev->queue_index = i;
        peers->ncs[i] = netdev;
    }
    peers->queues = pairs;
    qdev_prop_set_bit(DEVICE(m->vdev), "mq", pairs > 1);
    return true;
}

bool net_member_prepare(VirtIOMemberPCI *m, Error **errp)
{
    VIRTIO_NET(m->vdev)->net_conf.mtu = m->owner->member_mtu;
    set_mac(m);
    return set_netdevs(m, errp);
}

static const Property net_owner_properties[] = {
    DEFINE_PROP_MACADDR("member-mac-base", VirtIOOwnerPCI, member_mac_base),
    DEFINE_PROP_UINT16("member-mtu", VirtIOOwnerPCI, member_mtu, 0),
    DEFINE_PROP_UINT16("member-queue-pairs", VirtIOOwnerPCI,
                       member_queue_pairs, 1),
};

void net_owner_class_init(ObjectClass *klass)
{
    device_class_set_props(DEVICE_CLASS(klass), net_owner_properties);
}
