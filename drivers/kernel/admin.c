// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/virtio.h>

#include "drivers/kernel/compat_admin.h"
#include "drivers/kernel/pci_type.h"
#include "kernel/admin.h"
#include "wire/numbers.h"

/**
 * struct kn_admin - references that outlast the VF's driver with its last command
 * @vf: the VF
 * @virtio: the PF's virtio device, whose memory the client uses to the end
 * @node: among all of them
 */
struct kn_admin {
	struct pci_dev *vf;
	struct device *virtio;
	struct list_head node;
};

/* A command may outlive its user's driver: the VF's next one must find it. */
static LIST_HEAD(kn_admins);
static DEFINE_MUTEX(kn_admins_lock);

static int kn_admin_register(struct kn_admin *admin)
{
	const struct kn_admin *other;
	int ret = 0;

	mutex_lock(&kn_admins_lock);
	list_for_each_entry(other, &kn_admins, node)
		if (other->vf == admin->vf)
			ret = -EBUSY;
	if (!ret)
		list_add(&admin->node, &kn_admins);
	mutex_unlock(&kn_admins_lock);
	return ret;
}

static int kn_find_virtio(struct device *dev, void *data)
{
	struct device **found = data;

	if (!is_virtio_device(dev))
		return 0;
	*found = get_device(dev);
	return 1;
}

/* The virtio device of a PF that virtio-pci drives, with a reference, or NULL. */
static struct device *kn_virtio_of(struct pci_dev *pf)
{
	struct device *found = NULL;

	device_for_each_child(&pf->dev, &found, kn_find_virtio);
	return found;
}

static bool kn_is_bound(struct device *dev)
{
	return READ_ONCE(dev->links.status) == DL_DEV_DRIVER_BOUND;
}

/*
 * Keeps the PF's virtio driver, and so its queues, until the VF's driver is gone.
 * A link to a device that has no driver would be dormant and keep nothing, and
 * the kernel warns of one in a probe: none is made then. The link ends with the
 * VF's driver, or with its failed probe.
 */
static int kn_link(struct pci_dev *vf, struct device *virtio)
{
	struct device_link *link;

	link = device_link_add(&vf->dev, virtio, DL_FLAG_AUTOREMOVE_CONSUMER);
	if (!link)
		return -ENOMEM;
	/* The driver may have left in between, or the next one not be ready yet. */
	if (READ_ONCE(link->status) != DL_STATE_CONSUMER_PROBE || !kn_is_bound(virtio) ||
	    !virtio_pci_admin_has_legacy_io(vf))
		return -EAGAIN;
	return 0;
}

static int kn_admin_make(struct pci_dev *vf, struct device *virtio, struct kn_admin **made)
{
	struct kn_admin *admin;
	int ret;

	/* What the client says of a device without a driver is of an earlier one. */
	if (!kn_is_bound(virtio) || !virtio_pci_admin_has_legacy_io(vf))
		return -ENXIO;
	admin = kzalloc(sizeof(*admin), GFP_KERNEL);
	if (!admin)
		return -ENOMEM;
	admin->vf = vf;
	admin->virtio = virtio;
	ret = kn_admin_register(admin);
	if (ret) {
		kfree(admin);
		return ret;
	}
	pci_dev_get(vf);
	get_device(virtio);
	ret = kn_link(vf, virtio);
	if (ret)
		kn_admin_put(admin);
	else
		*made = admin;
	return ret;
}

int kn_admin_get(struct kn_pci *pci, struct kn_admin **admin)
{
	struct pci_dev *vf = to_pci_dev_ptr(pci);
	struct device *virtio;
	int ret;

	if (!vf->is_virtfn)
		return -EOPNOTSUPP;
	if (!READ_ONCE(pci_physfn(vf)->dev.driver))
		return -ENODEV;
	if (!KN_HAS_VIRTIO_PCI_ADMIN)
		return -EOPNOTSUPP;
	virtio = kn_virtio_of(pci_physfn(vf));
	if (!virtio)
		return -EOPNOTSUPP;
	ret = kn_admin_make(vf, virtio, admin);
	put_device(virtio);
	return ret;
}

void kn_admin_put(struct kn_admin *admin)
{
	mutex_lock(&kn_admins_lock);
	list_del(&admin->node);
	mutex_unlock(&kn_admins_lock);
	put_device(admin->virtio);
	pci_dev_put(admin->vf);
	kfree(admin);
}

int kn_admin_read(struct kn_admin *admin, bool device, u8 offset, u8 *buffer, u8 length)
{
	return device ?
	       virtio_pci_admin_legacy_device_io_read(admin->vf, offset, length, buffer) :
	       virtio_pci_admin_legacy_common_io_read(admin->vf, offset, length, buffer);
}

int kn_admin_write(struct kn_admin *admin, bool device, u8 offset, u8 *buffer, u8 length)
{
	return device ?
	       virtio_pci_admin_legacy_device_io_write(admin->vf, offset, length, buffer) :
	       virtio_pci_admin_legacy_common_io_write(admin->vf, offset, length, buffer);
}

int kn_admin_notify_info(struct kn_admin *admin, u8 *bar, u64 *offset)
{
	return virtio_pci_admin_legacy_io_notify_info(admin->vf, WIRE_ADMIN_NOTIFY_MEMBER_MEMORY,
						      bar, offset);
}
