/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers of the virtio and PCI specifications, in a form that C and C++ read:
 * C++ gives them types (the other headers of this folder), and
 * drivers/kernel/contract.c compares them with the kernel's uapi headers.
 */
#ifndef WIRE_NUMBERS_H
#define WIRE_NUMBERS_H

/* virtio 1.3, 2.12.1 "Group administration commands" */
#define WIRE_ADMIN_LIST_QUERY			0x0
#define WIRE_ADMIN_LIST_USE			0x1
#define WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE	0x2
#define WIRE_ADMIN_LEGACY_COMMON_CFG_READ	0x3
#define WIRE_ADMIN_LEGACY_DEV_CFG_WRITE		0x4
#define WIRE_ADMIN_LEGACY_DEV_CFG_READ		0x5
#define WIRE_ADMIN_LEGACY_NOTIFY_INFO		0x6
#define WIRE_ADMIN_GROUP_SRIOV			0x1

#define WIRE_ADMIN_HEADER_SIZE			24
#define WIRE_ADMIN_HEADER_MEMBER_OFFSET		16
#define WIRE_ADMIN_STATUS_SIZE			8
#define WIRE_ADMIN_LEGACY_WRITE_DATA_OFFSET	8
#define WIRE_ADMIN_NOTIFY_ENTRY_SIZE		16
#define WIRE_ADMIN_NOTIFY_ENTRIES		4
#define WIRE_ADMIN_NOTIFY_END			0x0
#define WIRE_ADMIN_NOTIFY_OWNER_MEMORY		0x1
#define WIRE_ADMIN_NOTIFY_MEMBER_MEMORY		0x2

/* virtio 1.3, 6 "Reserved Feature Bits" */
#define WIRE_F_INDIRECT_DESC			28
#define WIRE_F_VERSION_1			32
#define WIRE_F_ACCESS_PLATFORM			33
#define WIRE_F_ORDER_PLATFORM			36
#define WIRE_F_SR_IOV				37
#define WIRE_F_RING_RESET			40
#define WIRE_F_ADMIN_VQ				41

/* virtio 1.3, 2.1 "Device Status Field" */
#define WIRE_STATUS_ACKNOWLEDGE			0x01
#define WIRE_STATUS_DRIVER			0x02
#define WIRE_STATUS_DRIVER_OK			0x04
#define WIRE_STATUS_FEATURES_OK			0x08
#define WIRE_STATUS_NEEDS_RESET			0x40
#define WIRE_STATUS_FAILED			0x80

/* virtio 1.3, 4.1.4 "Virtio Structure PCI Capabilities" */
#define WIRE_PCI_CAP_COMMON			1
#define WIRE_PCI_CAP_NOTIFY			2
#define WIRE_PCI_CAP_ISR			3
#define WIRE_PCI_CAP_DEVICE			4
#define WIRE_PCI_CAP_PCI_CFG			5
#define WIRE_PCI_CAP_SHARED_MEMORY		8
#define WIRE_PCI_CAP_SIZE			16
#define WIRE_PCI_CAP64_SIZE			24
#define WIRE_PCI_NOTIFY_CAP_SIZE		20
#define WIRE_NO_VECTOR				0xffff

/* virtio 1.3, 4.1.4.3 "Common configuration structure layout" */
#define WIRE_COMMON_DEVICE_FEATURE_SELECT	0
#define WIRE_COMMON_DEVICE_FEATURE		4
#define WIRE_COMMON_DRIVER_FEATURE_SELECT	8
#define WIRE_COMMON_DRIVER_FEATURE		12
#define WIRE_COMMON_CONFIG_MSIX_VECTOR		16
#define WIRE_COMMON_NUM_QUEUES			18
#define WIRE_COMMON_DEVICE_STATUS		20
#define WIRE_COMMON_QUEUE_SELECT		22
#define WIRE_COMMON_QUEUE_SIZE			24
#define WIRE_COMMON_QUEUE_MSIX_VECTOR		26
#define WIRE_COMMON_QUEUE_ENABLE		28
#define WIRE_COMMON_QUEUE_NOTIFY_OFF		30
#define WIRE_COMMON_QUEUE_DESC			32
#define WIRE_COMMON_QUEUE_DRIVER		40
#define WIRE_COMMON_QUEUE_DEVICE		48
#define WIRE_COMMON_QUEUE_RESET			58
#define WIRE_COMMON_ADMIN_QUEUE_INDEX		60
#define WIRE_COMMON_ADMIN_QUEUE_NUM		62
#define WIRE_COMMON_SIZE_WITH_ADMIN		64

/* virtio 1.3, 2.7 "Split Virtqueues" */
#define WIRE_RING_DESC_NEXT			0x1
#define WIRE_RING_DESC_WRITE			0x2
#define WIRE_RING_DESC_INDIRECT			0x4
#define WIRE_RING_AVAIL_NO_INTERRUPT		0x1
#define WIRE_RING_USED_NO_NOTIFY		0x1

/* virtio 1.3, 4.1.4.10 "Legacy Interfaces: A Note on PCI Device Layout" */
#define WIRE_LEGACY_DEVICE_FEATURES		0
#define WIRE_LEGACY_DRIVER_FEATURES		4
#define WIRE_LEGACY_QUEUE_ADDRESS		8
#define WIRE_LEGACY_QUEUE_SIZE			12
#define WIRE_LEGACY_QUEUE_SELECT		14
#define WIRE_LEGACY_QUEUE_NOTIFY		16
#define WIRE_LEGACY_STATUS			18
#define WIRE_LEGACY_ISR				19
#define WIRE_LEGACY_CONFIG_VECTOR		20
#define WIRE_LEGACY_QUEUE_VECTOR		22
#define WIRE_LEGACY_COMMON_SIZE			20
#define WIRE_LEGACY_COMMON_SIZE_MSIX		24

/* virtio 1.3, 4.1.4.5 "ISR status capability" */
#define WIRE_ISR_QUEUE				0x1
#define WIRE_ISR_CONFIG				0x2

/* virtio 1.3, 5 "Device Types", and 4.1.2.1 for the transitional ids */
#define WIRE_PCI_VENDOR				0x1af4
#define WIRE_PCI_MODERN_BASE			0x1040
#define WIRE_TYPE_NET				1
#define WIRE_TYPE_BLOCK				2
#define WIRE_TYPE_CONSOLE			3
#define WIRE_TYPE_ENTROPY			4
#define WIRE_TYPE_BALLOON			5
#define WIRE_TYPE_SCSI				8
#define WIRE_TYPE_9P				9

/*
 * The types with a transitional identity, all that the drivers know of them: the
 * end of WIRE_TYPE_, the transitional PCI id, a name, the fields of the device
 * configuration in device_config.hh.
 */
#define WIRE_TRANSITIONAL_TYPES(entry)			\
	entry(NET, 0x1000, "net", net_config),		\
	entry(BLOCK, 0x1001, "block", block_config),	\
	entry(BALLOON, 0x1002, "balloon", balloon_config), \
	entry(CONSOLE, 0x1003, "console", console_config), \
	entry(SCSI, 0x1004, "scsi", scsi_config),	\
	entry(ENTROPY, 0x1005, "entropy", entropy_config), \
	entry(9P, 0x1009, "9p", fs9p_config)

/* PCI Local Bus 3.0, 6.1, and its MSI-X ECN */
#define WIRE_PCI_DEVICE_ID			0x02
#define WIRE_PCI_COMMAND			0x04
#define WIRE_PCI_COMMAND_IO			0x1
#define WIRE_PCI_COMMAND_MASTER			0x4
#define WIRE_PCI_COMMAND_INTX_DISABLE		0x400
#define WIRE_PCI_STATUS				0x06
#define WIRE_PCI_STATUS_INTERRUPT		0x08
#define WIRE_PCI_STATUS_CAP_LIST		0x10
#define WIRE_PCI_REVISION			0x08
#define WIRE_PCI_BAR0				0x10
#define WIRE_PCI_BAR_IO				0x1
#define WIRE_PCI_SUBSYSTEM_VENDOR		0x2c
#define WIRE_PCI_SUBSYSTEM_ID			0x2e
#define WIRE_PCI_CAP_POINTER			0x34
#define WIRE_PCI_INTERRUPT_PIN			0x3d
#define WIRE_PCI_CAP_ID_VENDOR			0x09
#define WIRE_PCI_CAP_ID_MSIX			0x11
#define WIRE_MSIX_CONTROL			2
#define WIRE_MSIX_CONTROL_TABLE_SIZE		0x07ff
#define WIRE_MSIX_CONTROL_MASK_ALL		0x4000
#define WIRE_MSIX_CONTROL_ENABLE		0x8000
#define WIRE_MSIX_TABLE				4
#define WIRE_MSIX_PBA				8
#define WIRE_MSIX_BIR_MASK			0x7
#define WIRE_MSIX_ENTRY_SIZE			16

#endif
