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
 * @link: device link from the VF to @virtio; valid in the probe of the VF's driver only
 * @node: entry of kn_admins while claimed, else an empty list
 */
struct kn_admin {
	struct pci_dev *vf;
	struct device *virtio;
	struct device_link *link;
	struct list_head node;
};

static LIST_HEAD(kn_admins);
static DEFINE_MUTEX(kn_admins_lock);

static int kn_is_virtio(struct device *dev, void *data)
{
	struct device **found = data;

	if (is_virtio_device(dev))
		*found = get_device(dev);
	return !!*found;
}

int kn_admin_find(struct kn_pci *pci, struct kn_admin **found)
{
	struct pci_dev *vf = to_pci_dev_ptr(pci);
	struct device *virtio = NULL;
	struct kn_admin *admin;

	/* A constant: if false, the module does not depend on the virtio core. */
	if (!KN_HAS_VIRTIO_PCI_ADMIN)
		return -EOPNOTSUPP;
	device_for_each_child(&pci_physfn(vf)->dev, &virtio, kn_is_virtio);
	if (!virtio)
		return -EOPNOTSUPP;
	admin = kzalloc(sizeof(*admin), GFP_KERNEL);
	if (!admin) {
		put_device(virtio);
		return -ENOMEM;
	}
	admin->vf = pci_dev_get(vf);
	admin->virtio = virtio;
	INIT_LIST_HEAD(&admin->node);
	*found = admin;
	return 0;
}

bool kn_admin_usable(struct kn_admin *admin)
{
	return READ_ONCE(admin->virtio->links.status) == DL_DEV_DRIVER_BOUND &&
	       virtio_pci_admin_has_legacy_io(admin->vf);
}

int kn_admin_claim(struct kn_admin *admin)
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

int kn_admin_link(struct kn_admin *admin)
{
	admin->link = device_link_add(&admin->vf->dev, admin->virtio, DL_FLAG_AUTOREMOVE_CONSUMER);
	return admin->link ? 0 : -ENOMEM;
}

bool kn_admin_linked(struct kn_admin *admin)
{
	return READ_ONCE(admin->link->status) == DL_STATE_CONSUMER_PROBE;
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
