// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that asks for a reset of its function after each PCI error, also after one that is not
 * fatal. It binds by driver_override only.
 */
#include <linux/module.h>
#include <linux/pci.h>

static int reset_voter_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return pci_save_state(pdev);
}

static pci_ers_result_t reset_voter_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	pci_info(pdev, "asks for a reset in channel state %u\n", (__force unsigned int)state);
	return PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t reset_voter_slot_reset(struct pci_dev *pdev)
{
	pci_info(pdev, "was reset\n");
	pci_restore_state(pdev);
	return PCI_ERS_RESULT_RECOVERED;
}

static const struct pci_error_handlers reset_voter_err_handlers = {
	.error_detected = reset_voter_error_detected,
	.slot_reset = reset_voter_slot_reset,
};

static struct pci_driver reset_voter_driver = {
	.name = "reset_voter",
	.probe = reset_voter_probe,
	.err_handler = &reset_voter_err_handlers,
};
module_pci_driver(reset_voter_driver);

MODULE_DESCRIPTION("asks for a reset after each PCI error");
MODULE_LICENSE("GPL");
