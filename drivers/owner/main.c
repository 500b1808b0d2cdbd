// SPDX-License-Identifier: GPL-2.0-only
/*
 * virtio_owner: driver of a virtio PF that owns a group of VFs. This file is the
 * C edge: tables, parameters, exports. What they do is C++.
 */
#include <linux/module.h>
#include <linux/pci.h>

#include "drivers/kernel/compat.h"
#include "drivers/kernel/pci_type.h"
#include "drivers/kernel/queue.h"
#include "drivers/owner/sysfs.h"
#include "owner/exports.h"

#define VIRTIO_OWNER_TIMEOUT_MIN_MS	100
#define VIRTIO_OWNER_TIMEOUT_MAX_MS	60000

static int timeout_set(const char *value, const struct kernel_param *param)
{
	return param_set_uint_minmax(value, param, VIRTIO_OWNER_TIMEOUT_MIN_MS,
				     VIRTIO_OWNER_TIMEOUT_MAX_MS);
}

static const struct kernel_param_ops timeout_ops = {
	.set = timeout_set,
	.get = param_get_uint,
};

module_param_cb(command_timeout_ms, &timeout_ops, &virtio_owner_parameters.command_timeout_ms,
		0644);
MODULE_PARM_DESC(command_timeout_ms, "how long a guest's access may take, 100 to 60000 (5000)");

static int poll_set(const char *value, const struct kernel_param *param)
{
	return param_set_uint_minmax(value, param, 0, VIRTIO_OWNER_MAX_POLL_US);
}

static const struct kernel_param_ops poll_ops = {
	.set = poll_set,
	.get = param_get_uint,
};

module_param_cb(poll_us, &poll_ops, &virtio_owner_parameters.poll_us, 0644);
MODULE_PARM_DESC(poll_us, "how long to look for an answer before sleeping, 0 to 1000 (50)");

static int depth_set(const char *value, const struct kernel_param *param)
{
	return param_set_uint_minmax(value, param, 1, VIRTIO_OWNER_MAX_DEPTH);
}

static const struct kernel_param_ops depth_ops = {
	.set = depth_set,
	.get = param_get_uint,
};

module_param_cb(depth, &depth_ops, &virtio_owner_parameters.depth, 0644);
MODULE_PARM_DESC(depth,
		 "commands that a device has at once, for PFs bound from now on, 1 to 64 (64)");

module_param_named(polled, virtio_owner_parameters.polled, bool, 0444);
MODULE_PARM_DESC(polled, "look for answers instead of using an interrupt (false)");

static int virtio_owner_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct virtio_owner *owner;
	int ret;

	ret = virtio_owner_create(to_kn_pci(pdev), &owner);
	if (ret)
		return ret;
	pci_set_drvdata(pdev, owner);
	return 0;
}

static void virtio_owner_pci_remove(struct pci_dev *pdev)
{
	virtio_owner_destroy(pci_get_drvdata(pdev));
}

static void virtio_owner_pci_shutdown(struct pci_dev *pdev)
{
	virtio_owner_shutdown(pci_get_drvdata(pdev));
}

static int virtio_owner_pci_sriov_configure(struct pci_dev *pdev, int count)
{
	return virtio_owner_configure_sriov(pci_get_drvdata(pdev), count);
}

static void virtio_owner_pci_reset_prepare(struct pci_dev *pdev)
{
	virtio_owner_freeze(pci_get_drvdata(pdev));
}

static void virtio_owner_pci_reset_done(struct pci_dev *pdev)
{
	virtio_owner_thaw(pci_get_drvdata(pdev));
}

static pci_ers_result_t virtio_owner_pci_error_detected(struct pci_dev *pdev,
							pci_channel_state_t state)
{
	switch (state) {
	case pci_channel_io_normal:
		return PCI_ERS_RESULT_CAN_RECOVER;
	case pci_channel_io_frozen:
		virtio_owner_lose(pci_get_drvdata(pdev));
		return PCI_ERS_RESULT_NEED_RESET;
	default:
		virtio_owner_bury(pci_get_drvdata(pdev));
		return PCI_ERS_RESULT_DISCONNECT;
	}
}

static pci_ers_result_t virtio_owner_pci_slot_reset(struct pci_dev *pdev)
{
	return virtio_owner_revive(pci_get_drvdata(pdev)) ? PCI_ERS_RESULT_DISCONNECT :
							    PCI_ERS_RESULT_RECOVERED;
}

static const struct pci_error_handlers virtio_owner_err_handlers = {
	.error_detected = virtio_owner_pci_error_detected,
	.slot_reset = virtio_owner_pci_slot_reset,
	.reset_prepare = virtio_owner_pci_reset_prepare,
	.reset_done = virtio_owner_pci_reset_done,
};

static int virtio_owner_pm_suspend(struct device *dev)
{
	virtio_owner_freeze(dev_get_drvdata(dev));
	return 0;
}

static int virtio_owner_pm_resume(struct device *dev)
{
	return virtio_owner_thaw(dev_get_drvdata(dev));
}

static DEFINE_SIMPLE_DEV_PM_OPS(virtio_owner_pm_ops, virtio_owner_pm_suspend,
				virtio_owner_pm_resume);

/* No id table: this driver takes no PF but the one it is bound to by driver_override. */
static struct pci_driver virtio_owner_driver = {
	.name = "virtio_owner",
	.probe = virtio_owner_pci_probe,
	.remove = virtio_owner_pci_remove,
	.shutdown = virtio_owner_pci_shutdown,
	.sriov_configure = virtio_owner_pci_sriov_configure,
	.err_handler = &virtio_owner_err_handlers,
	.dev_groups = virtio_owner_groups,
	.driver.pm = pm_sleep_ptr(&virtio_owner_pm_ops),
};

static int __init virtio_owner_init(void)
{
	int ret;

	ret = kn_queue_setup();
	if (ret)
		return ret;
	ret = pci_register_driver(&virtio_owner_driver);
	if (ret)
		kn_queue_teardown();
	return ret;
}
module_init(virtio_owner_init);

static void __exit virtio_owner_exit(void)
{
	pci_unregister_driver(&virtio_owner_driver);
	kn_queue_teardown();
}
module_exit(virtio_owner_exit);

int virtio_owner_get(struct kn_pci *vf, struct virtio_owner_member **member)
{
	struct virtio_owner *owner = pci_iov_get_pf_drvdata(to_pci_dev_ptr(vf),
							    &virtio_owner_driver);

	if (IS_ERR_OR_NULL(owner))
		return -EOPNOTSUPP;
	return virtio_owner_find(owner, vf, member);
}
EXPORT_SYMBOL_GPL(virtio_owner_get);

EXPORT_SYMBOL_GPL(virtio_owner_has_legacy);
EXPORT_SYMBOL_GPL(virtio_owner_deadline);
EXPORT_SYMBOL_GPL(virtio_owner_open);
EXPORT_SYMBOL_GPL(virtio_owner_close);
EXPORT_SYMBOL_GPL(virtio_owner_quiesce);
EXPORT_SYMBOL_GPL(virtio_owner_resume);
EXPORT_SYMBOL_GPL(virtio_owner_epoch);
EXPORT_SYMBOL_GPL(virtio_owner_execute);
EXPORT_SYMBOL_GPL(virtio_owner_notify_info);
EXPORT_SYMBOL_GPL(virtio_owner_claim_doorbell);
EXPORT_SYMBOL_GPL(virtio_owner_ring_doorbell);
EXPORT_SYMBOL_GPL(virtio_owner_member_stats);

MODULE_AUTHOR("The virtio-legacy-vfio authors");
MODULE_DESCRIPTION("Owner (PF) of a group of virtio SR-IOV VFs: administration virtqueue");
MODULE_LICENSE("GPL");
