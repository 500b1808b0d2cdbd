// SPDX-License-Identifier: GPL-2.0-only
/*
 * virtio_legacy_vfio_pci: VFIO driver of virtio VFs for guests with legacy
 * drivers. This file is the C edge: the ops tables. What they do is C++.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/vfio_pci_core.h>

#include "drivers/kernel/compat_vfio.h"
#include "drivers/kernel/launch.h"
#include "drivers/kernel/vfio_type.h"
#include "drivers/member/sysfs.h"
#include "kernel/vfio_irqs.h"
#include "member/exports.h"
#include "wire/numbers.h"

/**
 * struct virtio_legacy_device - one VF as VFIO sees it
 * @core: vfio-pci-core's part, first because VFIO allocates by its offset
 * @legacy: our part
 */
struct virtio_legacy_device {
	struct vfio_pci_core_device core;
	struct virtio_legacy legacy;
};

/*
 * VFIO allocates it from the slab of 2,048 bytes. 2,040 are used on 6.12, so 8 are left. Locks of
 * another size than usual, as with PREEMPT_RT or checkers, take what they take.
 */
#ifndef __CHECKER__ /* sparse lays the structure out with 24 bytes more */
static_assert(sizeof(spinlock_t) != 4 || sizeof(struct mutex) != 32 ||
	      sizeof(struct virtio_legacy_device) <= 2048);
#endif

static struct virtio_legacy_device *to_device(struct vfio_device *vdev)
{
	return container_of(vdev, struct virtio_legacy_device, core.vdev);
}

struct virtio_legacy *virtio_legacy_of(struct device *dev)
{
	struct vfio_pci_core_device *core = dev_get_drvdata(dev);

	return &to_device(&core->vdev)->legacy;
}

static int virtio_legacy_vfio_init(struct vfio_device *vdev)
{
	struct virtio_legacy_device *device = to_device(vdev);
	int ret;

	ret = vfio_pci_core_init_dev(vdev);
	if (ret)
		return ret;
	return virtio_legacy_create(&device->legacy, to_kn_vfio(&device->core));
}

static void virtio_legacy_vfio_release(struct vfio_device *vdev)
{
	virtio_legacy_destroy(&to_device(vdev)->legacy);
	vfio_pci_core_release_dev(vdev);
}

static int virtio_legacy_vfio_open(struct vfio_device *vdev)
{
	struct virtio_legacy_device *device = to_device(vdev);
	int ret;

	ret = vfio_pci_core_enable(&device->core);
	if (ret)
		return ret;
	ret = virtio_legacy_open(&device->legacy);
	if (ret) {
		vfio_pci_core_disable(&device->core);
		return ret;
	}
	vfio_pci_core_finish_enable(&device->core);
	return 0;
}

static void virtio_legacy_vfio_close(struct vfio_device *vdev)
{
	virtio_legacy_close(&to_device(vdev)->legacy);
	vfio_pci_core_close_device(vdev);
}

static long virtio_legacy_vfio_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg)
{
	return virtio_legacy_ioctl(&to_device(vdev)->legacy, cmd, arg);
}

static int virtio_legacy_vfio_feature(struct vfio_device *vdev, u32 flags, void __user *arg,
				      size_t argsz)
{
	return virtio_legacy_feature(&to_device(vdev)->legacy, flags, (__force uintptr_t)arg,
				     argsz);
}

/* For KN_VFIO_REGION_INFO_OPS, which may have no use for it. */
static int __maybe_unused
virtio_legacy_vfio_region_info(struct vfio_device *vdev, struct vfio_region_info *info,
			       struct vfio_info_cap *caps)
{
	return kn_vfio_region_info(vdev, info, caps,
				   virtio_legacy_bar_size(&to_device(vdev)->legacy));
}

static ssize_t virtio_legacy_vfio_read(struct vfio_device *vdev, char __user *buf, size_t count,
				       loff_t *ppos)
{
	const long done = virtio_legacy_read(&to_device(vdev)->legacy, (__force uintptr_t)buf,
					     count, *ppos);

	*ppos += max(done, 0L);
	return done;
}

static ssize_t virtio_legacy_vfio_write(struct vfio_device *vdev, const char __user *buf,
					size_t count, loff_t *ppos)
{
	const long done = virtio_legacy_write(&to_device(vdev)->legacy, (__force uintptr_t)buf,
					      count, *ppos);

	*ppos += max(done, 0L);
	return done;
}

static const struct vfio_device_ops virtio_legacy_vfio_ops = {
	.name = "virtio-legacy-vfio-pci",
	.init = virtio_legacy_vfio_init,
	.release = virtio_legacy_vfio_release,
	.open_device = virtio_legacy_vfio_open,
	.close_device = virtio_legacy_vfio_close,
	.ioctl = virtio_legacy_vfio_ioctl,
	.device_feature = virtio_legacy_vfio_feature,
	.read = virtio_legacy_vfio_read,
	.write = virtio_legacy_vfio_write,
	.mmap = vfio_pci_core_mmap,
	.request = vfio_pci_core_request,
	.match = vfio_pci_core_match,
	KN_VFIO_REGION_INFO_OPS
	KN_VFIO_TOKEN_OPS
	KN_VFIO_IOMMUFD_OPS
};

/*
 * A VF answers only while its PF has VF Enable set. So the VF suspends before its PF, and resumes
 * after it: functions that suspend synchronously resume in the order in which they were added, and
 * suspend in the reverse order. A device link would take 3.3 KB for each VF.
 *
 * No system suspend is under way while a driver is probed. The PF stays synchronous, because other
 * VFs may need it.
 */
static void virtio_legacy_order_suspend(struct pci_dev *pdev)
{
	if (!pdev->is_virtfn)
		return;
	device_disable_async_suspend(&pci_physfn(pdev)->dev);
	device_disable_async_suspend(&pdev->dev);
}

/* As the PCI core has it for each function. */
static void virtio_legacy_restore_suspend(struct pci_dev *pdev)
{
	if (pdev->is_virtfn)
		device_enable_async_suspend(&pdev->dev);
}

static int virtio_legacy_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct virtio_legacy_device *device;
	int ret;

	device = vfio_alloc_device(virtio_legacy_device, core.vdev, &pdev->dev,
				   &virtio_legacy_vfio_ops);
	if (IS_ERR(device))
		return PTR_ERR(device);

	dev_set_drvdata(&pdev->dev, &device->core);
	ret = vfio_pci_core_register_device(&device->core);
	if (ret)
		vfio_put_device(&device->core.vdev);
	else
		virtio_legacy_order_suspend(pdev);
	return ret;
}

static void virtio_legacy_pci_remove(struct pci_dev *pdev)
{
	struct vfio_pci_core_device *core = dev_get_drvdata(&pdev->dev);

	vfio_pci_core_unregister_device(core);
	vfio_put_device(&core->vdev);
	virtio_legacy_restore_suspend(pdev);
}

static void virtio_legacy_pci_reset_prepare(struct pci_dev *pdev)
{
	virtio_legacy_reset_prepare(virtio_legacy_of(&pdev->dev));
}

static void virtio_legacy_pci_reset_done(struct pci_dev *pdev)
{
	virtio_legacy_reset_done(virtio_legacy_of(&pdev->dev));
}

static const struct pci_error_handlers virtio_legacy_err_handlers = {
	.reset_prepare = virtio_legacy_pci_reset_prepare,
	.reset_done = virtio_legacy_pci_reset_done,
	.error_detected = vfio_pci_core_aer_err_detected,
};

#define VIRTIO_MODERN_ID(type, ...) \
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(WIRE_PCI_VENDOR, \
					  WIRE_PCI_MODERN_BASE + WIRE_TYPE_##type) }
#define VIRTIO_TRANSITIONAL_ID(type, id, ...) \
	{ PCI_DRIVER_OVERRIDE_DEVICE_VFIO(WIRE_PCI_VENDOR, id) }

static const struct pci_device_id virtio_legacy_ids[] = {
	/* A VF may have either id of its type. */
	WIRE_TRANSITIONAL_TYPES(VIRTIO_MODERN_ID),
	WIRE_TRANSITIONAL_TYPES(VIRTIO_TRANSITIONAL_ID),
	{}
};
MODULE_DEVICE_TABLE(pci, virtio_legacy_ids);

static struct pci_driver virtio_legacy_driver = {
	.name = "virtio_legacy_vfio_pci",
	.id_table = virtio_legacy_ids,
	.probe = virtio_legacy_pci_probe,
	.remove = virtio_legacy_pci_remove,
	.err_handler = &virtio_legacy_err_handlers,
	.dev_groups = virtio_legacy_groups,
	.driver_managed_dma = true,
};

static int __init virtio_legacy_init(void)
{
	int ret;

	if (!kn_vfio_intx_supported())
		pr_notice("built without INTx: this kernel's vfio-pci-core is not a known one\n");
	ret = kn_launch_init();
	if (ret)
		return ret;
	ret = pci_register_driver(&virtio_legacy_driver);
	if (ret)
		kn_launch_exit();
	return ret;
}
module_init(virtio_legacy_init);

static void __exit virtio_legacy_exit(void)
{
	pci_unregister_driver(&virtio_legacy_driver);
	kn_launch_exit();
}
module_exit(virtio_legacy_exit);

MODULE_AUTHOR("The virtio-legacy-vfio authors");
MODULE_DESCRIPTION("VFIO driver of virtio VFs for guests with legacy (0.9.x) drivers");
MODULE_LICENSE("GPL");
