// SPDX-License-Identifier: GPL-2.0-only
/*
 * Our numbers against the kernel's: those of the specifications against the uapi
 * headers, those of the contract against the kernel's own. Nothing here runs.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/pci_regs.h>
#include <linux/stddef.h>
#include <linux/vfio_pci_core.h>
#include <linux/virtio_9p.h>
#include <linux/virtio_balloon.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_config.h>
#include <linux/virtio_console.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_net.h>
#include <linux/virtio_pci.h>
#include <linux/virtio_ring.h>
#include <linux/virtio_scsi.h>

#include "kernel/vfio.h"
#include "kernel/vfio_ioeventfd.h"
#include "kernel/vfio_irqs.h"
#include "wire/device_fields.h"
#include "wire/numbers.h"

/* The uapi has it since 6.3, and admin commands since 6.8. */
#ifdef VIRTIO_PCI_COMMON_Q_RESET
static_assert(WIRE_COMMON_QUEUE_RESET == VIRTIO_PCI_COMMON_Q_RESET);
#endif
#ifdef VIRTIO_ADMIN_CMD_LIST_QUERY
static_assert(WIRE_ADMIN_LIST_QUERY == VIRTIO_ADMIN_CMD_LIST_QUERY);
static_assert(WIRE_ADMIN_LIST_USE == VIRTIO_ADMIN_CMD_LIST_USE);
static_assert(WIRE_ADMIN_LEGACY_COMMON_CFG_WRITE == VIRTIO_ADMIN_CMD_LEGACY_COMMON_CFG_WRITE);
static_assert(WIRE_ADMIN_LEGACY_COMMON_CFG_READ == VIRTIO_ADMIN_CMD_LEGACY_COMMON_CFG_READ);
static_assert(WIRE_ADMIN_LEGACY_DEV_CFG_WRITE == VIRTIO_ADMIN_CMD_LEGACY_DEV_CFG_WRITE);
static_assert(WIRE_ADMIN_LEGACY_DEV_CFG_READ == VIRTIO_ADMIN_CMD_LEGACY_DEV_CFG_READ);
static_assert(WIRE_ADMIN_LEGACY_NOTIFY_INFO == VIRTIO_ADMIN_CMD_LEGACY_NOTIFY_INFO);
static_assert(WIRE_ADMIN_GROUP_SRIOV == VIRTIO_ADMIN_GROUP_TYPE_SRIOV);
static_assert(sizeof(struct virtio_admin_cmd_hdr) == WIRE_ADMIN_HEADER_SIZE);
static_assert(WIRE_ADMIN_HEADER_MEMBER_OFFSET ==
	      offsetof(struct virtio_admin_cmd_hdr, group_member_id));
static_assert(sizeof(struct virtio_admin_cmd_status) == WIRE_ADMIN_STATUS_SIZE);
static_assert(WIRE_ADMIN_LEGACY_WRITE_DATA_OFFSET ==
	      offsetof(struct virtio_admin_cmd_legacy_wr_data, registers));
static_assert(sizeof(struct virtio_admin_cmd_legacy_rd_data) == 1);
static_assert(sizeof(struct virtio_admin_cmd_notify_info_data) == WIRE_ADMIN_NOTIFY_ENTRY_SIZE);
static_assert(offsetof(struct virtio_admin_cmd_notify_info_data, offset) == 8);
static_assert(WIRE_ADMIN_NOTIFY_ENTRIES == VIRTIO_ADMIN_CMD_MAX_NOTIFY_INFO);
static_assert(WIRE_ADMIN_NOTIFY_END == VIRTIO_ADMIN_CMD_NOTIFY_INFO_FLAGS_END);
static_assert(WIRE_ADMIN_NOTIFY_OWNER_MEMORY == VIRTIO_ADMIN_CMD_NOTIFY_INFO_FLAGS_OWNER_DEV);
static_assert(WIRE_ADMIN_NOTIFY_MEMBER_MEMORY == VIRTIO_ADMIN_CMD_NOTIFY_INFO_FLAGS_OWNER_MEM);
static_assert(WIRE_F_ADMIN_VQ == VIRTIO_F_ADMIN_VQ);
static_assert(WIRE_COMMON_ADMIN_QUEUE_INDEX ==
	      offsetof(struct virtio_pci_modern_common_cfg, admin_queue_index));
static_assert(WIRE_COMMON_ADMIN_QUEUE_NUM ==
	      offsetof(struct virtio_pci_modern_common_cfg, admin_queue_num));
#endif

static_assert(WIRE_F_INDIRECT_DESC == VIRTIO_RING_F_INDIRECT_DESC);
static_assert(WIRE_F_VERSION_1 == VIRTIO_F_VERSION_1);
static_assert(WIRE_F_ACCESS_PLATFORM == VIRTIO_F_ACCESS_PLATFORM);
static_assert(WIRE_F_ORDER_PLATFORM == VIRTIO_F_ORDER_PLATFORM);
static_assert(WIRE_F_SR_IOV == VIRTIO_F_SR_IOV);
static_assert(WIRE_F_RING_RESET == VIRTIO_F_RING_RESET);
static_assert(WIRE_STATUS_ACKNOWLEDGE == VIRTIO_CONFIG_S_ACKNOWLEDGE);
static_assert(WIRE_STATUS_DRIVER == VIRTIO_CONFIG_S_DRIVER);
static_assert(WIRE_STATUS_DRIVER_OK == VIRTIO_CONFIG_S_DRIVER_OK);
static_assert(WIRE_STATUS_FEATURES_OK == VIRTIO_CONFIG_S_FEATURES_OK);
static_assert(WIRE_STATUS_NEEDS_RESET == VIRTIO_CONFIG_S_NEEDS_RESET);
static_assert(WIRE_STATUS_FAILED == VIRTIO_CONFIG_S_FAILED);

static_assert(WIRE_PCI_CAP_COMMON == VIRTIO_PCI_CAP_COMMON_CFG);
static_assert(WIRE_PCI_CAP_NOTIFY == VIRTIO_PCI_CAP_NOTIFY_CFG);
static_assert(WIRE_PCI_CAP_ISR == VIRTIO_PCI_CAP_ISR_CFG);
static_assert(WIRE_PCI_CAP_DEVICE == VIRTIO_PCI_CAP_DEVICE_CFG);
static_assert(WIRE_PCI_CAP_PCI_CFG == VIRTIO_PCI_CAP_PCI_CFG);
static_assert(WIRE_PCI_CAP_SHARED_MEMORY == VIRTIO_PCI_CAP_SHARED_MEMORY_CFG);
static_assert(sizeof(struct virtio_pci_cap64) == WIRE_PCI_CAP64_SIZE);
static_assert(sizeof(struct virtio_pci_cap) == WIRE_PCI_CAP_SIZE);
static_assert(sizeof(struct virtio_pci_notify_cap) == WIRE_PCI_NOTIFY_CAP_SIZE);
static_assert(WIRE_NO_VECTOR == VIRTIO_MSI_NO_VECTOR);

#define CHECK_COMMON(number, member) \
	static_assert(WIRE_COMMON_##number == offsetof(struct virtio_pci_common_cfg, member))
CHECK_COMMON(DEVICE_FEATURE_SELECT, device_feature_select);
CHECK_COMMON(DEVICE_FEATURE, device_feature);
CHECK_COMMON(DRIVER_FEATURE_SELECT, guest_feature_select);
CHECK_COMMON(DRIVER_FEATURE, guest_feature);
CHECK_COMMON(CONFIG_MSIX_VECTOR, msix_config);
CHECK_COMMON(NUM_QUEUES, num_queues);
CHECK_COMMON(DEVICE_STATUS, device_status);
CHECK_COMMON(QUEUE_SELECT, queue_select);
CHECK_COMMON(QUEUE_SIZE, queue_size);
CHECK_COMMON(QUEUE_MSIX_VECTOR, queue_msix_vector);
CHECK_COMMON(QUEUE_ENABLE, queue_enable);
CHECK_COMMON(QUEUE_NOTIFY_OFF, queue_notify_off);
CHECK_COMMON(QUEUE_DESC, queue_desc_lo);
CHECK_COMMON(QUEUE_DRIVER, queue_avail_lo);
CHECK_COMMON(QUEUE_DEVICE, queue_used_lo);

static_assert(WIRE_RING_DESC_NEXT == VRING_DESC_F_NEXT);
static_assert(WIRE_RING_DESC_WRITE == VRING_DESC_F_WRITE);
static_assert(WIRE_RING_DESC_INDIRECT == VRING_DESC_F_INDIRECT);
static_assert(WIRE_RING_AVAIL_NO_INTERRUPT == VRING_AVAIL_F_NO_INTERRUPT);
static_assert(WIRE_RING_USED_NO_NOTIFY == VRING_USED_F_NO_NOTIFY);

static_assert(WIRE_LEGACY_DEVICE_FEATURES == VIRTIO_PCI_HOST_FEATURES);
static_assert(WIRE_LEGACY_DRIVER_FEATURES == VIRTIO_PCI_GUEST_FEATURES);
static_assert(WIRE_LEGACY_QUEUE_ADDRESS == VIRTIO_PCI_QUEUE_PFN);
static_assert(WIRE_LEGACY_QUEUE_SIZE == VIRTIO_PCI_QUEUE_NUM);
static_assert(WIRE_LEGACY_QUEUE_SELECT == VIRTIO_PCI_QUEUE_SEL);
static_assert(WIRE_LEGACY_QUEUE_NOTIFY == VIRTIO_PCI_QUEUE_NOTIFY);
static_assert(WIRE_LEGACY_STATUS == VIRTIO_PCI_STATUS);
static_assert(WIRE_LEGACY_ISR == VIRTIO_PCI_ISR);
static_assert(WIRE_ISR_CONFIG == VIRTIO_PCI_ISR_CONFIG);
static_assert(WIRE_LEGACY_CONFIG_VECTOR == VIRTIO_MSI_CONFIG_VECTOR);
static_assert(WIRE_LEGACY_QUEUE_VECTOR == VIRTIO_MSI_QUEUE_VECTOR);
static_assert(VIRTIO_PCI_CONFIG_OFF(0) == WIRE_LEGACY_COMMON_SIZE);
static_assert(VIRTIO_PCI_CONFIG_OFF(1) == WIRE_LEGACY_COMMON_SIZE_MSIX);

static_assert(WIRE_PCI_VENDOR == PCI_VENDOR_ID_REDHAT_QUMRANET);
static_assert(WIRE_TYPE_NET == VIRTIO_ID_NET);
static_assert(WIRE_TYPE_BLOCK == VIRTIO_ID_BLOCK);
static_assert(WIRE_TYPE_CONSOLE == VIRTIO_ID_CONSOLE);
static_assert(WIRE_TYPE_ENTROPY == VIRTIO_ID_RNG);
static_assert(WIRE_TYPE_BALLOON == VIRTIO_ID_BALLOON);
static_assert(WIRE_TYPE_SCSI == VIRTIO_ID_SCSI);
static_assert(WIRE_TYPE_9P == VIRTIO_ID_9P);

static_assert(WIRE_PCI_DEVICE_ID == PCI_DEVICE_ID);
static_assert(WIRE_PCI_COMMAND == PCI_COMMAND);
static_assert(WIRE_PCI_COMMAND_IO == PCI_COMMAND_IO);
static_assert(WIRE_PCI_COMMAND_MASTER == PCI_COMMAND_MASTER);
static_assert(WIRE_PCI_COMMAND_INTX_DISABLE == PCI_COMMAND_INTX_DISABLE);
static_assert(WIRE_PCI_STATUS == PCI_STATUS);
static_assert(WIRE_PCI_STATUS_INTERRUPT == PCI_STATUS_INTERRUPT);
static_assert(WIRE_PCI_STATUS_CAP_LIST == PCI_STATUS_CAP_LIST);
static_assert(WIRE_PCI_REVISION == PCI_REVISION_ID);
static_assert(WIRE_PCI_BAR0 == PCI_BASE_ADDRESS_0);
static_assert(WIRE_PCI_BAR_IO == PCI_BASE_ADDRESS_SPACE_IO);
static_assert(WIRE_PCI_SUBSYSTEM_VENDOR == PCI_SUBSYSTEM_VENDOR_ID);
static_assert(WIRE_PCI_SUBSYSTEM_ID == PCI_SUBSYSTEM_ID);
static_assert(WIRE_PCI_CAP_POINTER == PCI_CAPABILITY_LIST);
static_assert(WIRE_PCI_INTERRUPT_PIN == PCI_INTERRUPT_PIN);
static_assert(WIRE_PCI_CAP_ID_VENDOR == PCI_CAP_ID_VNDR);
static_assert(WIRE_PCI_CAP_ID_MSIX == PCI_CAP_ID_MSIX);
static_assert(WIRE_MSIX_CONTROL == PCI_MSIX_FLAGS);
static_assert(WIRE_MSIX_CONTROL_TABLE_SIZE == PCI_MSIX_FLAGS_QSIZE);
static_assert(WIRE_MSIX_CONTROL_MASK_ALL == PCI_MSIX_FLAGS_MASKALL);
static_assert(WIRE_MSIX_CONTROL_ENABLE == PCI_MSIX_FLAGS_ENABLE);
static_assert(WIRE_MSIX_TABLE == PCI_MSIX_TABLE);
static_assert(WIRE_MSIX_PBA == PCI_MSIX_PBA);
static_assert(WIRE_MSIX_BIR_MASK == PCI_MSIX_TABLE_BIR);
static_assert(WIRE_MSIX_ENTRY_SIZE == PCI_MSIX_ENTRY_SIZE);

static_assert(KN_VFIO_OFFSET_SHIFT == VFIO_PCI_OFFSET_SHIFT);
static_assert(KN_VFIO_REGION_BAR0 == VFIO_PCI_BAR0_REGION_INDEX);
static_assert(KN_VFIO_REGION_CONFIG == VFIO_PCI_CONFIG_REGION_INDEX);
static_assert(KN_VFIO_DEVICE_RESET == VFIO_DEVICE_RESET);
static_assert(KN_VFIO_DEVICE_PCI_HOT_RESET == VFIO_DEVICE_PCI_HOT_RESET);
static_assert(KN_VFIO_DEVICE_GET_IRQ_INFO == VFIO_DEVICE_GET_IRQ_INFO);
static_assert(KN_VFIO_DEVICE_SET_IRQS == VFIO_DEVICE_SET_IRQS);
static_assert(KN_VFIO_IRQ_INTX == VFIO_PCI_INTX_IRQ_INDEX);
static_assert(KN_VFIO_IRQ_MSI == VFIO_PCI_MSI_IRQ_INDEX);
static_assert(KN_VFIO_IRQ_MSIX == VFIO_PCI_MSIX_IRQ_INDEX);
static_assert(KN_VFIO_IRQ_INFO_EVENTFD == VFIO_IRQ_INFO_EVENTFD);
static_assert(KN_VFIO_IRQ_INFO_MASKABLE == VFIO_IRQ_INFO_MASKABLE);
static_assert(KN_VFIO_IRQ_INFO_AUTOMASKED == VFIO_IRQ_INFO_AUTOMASKED);
static_assert(KN_VFIO_IRQ_DATA_NONE == VFIO_IRQ_SET_DATA_NONE);
static_assert(KN_VFIO_IRQ_DATA_BOOL == VFIO_IRQ_SET_DATA_BOOL);
static_assert(KN_VFIO_IRQ_DATA_EVENTFD == VFIO_IRQ_SET_DATA_EVENTFD);
static_assert(KN_VFIO_IRQ_MASK == VFIO_IRQ_SET_ACTION_MASK);
static_assert(KN_VFIO_IRQ_UNMASK == VFIO_IRQ_SET_ACTION_UNMASK);
static_assert(KN_VFIO_IRQ_TRIGGER == VFIO_IRQ_SET_ACTION_TRIGGER);
static_assert(sizeof(struct kn_vfio_irq_info) == sizeof(struct vfio_irq_info));
static_assert(offsetof(struct kn_vfio_irq_info, flags) == offsetof(struct vfio_irq_info, flags));
static_assert(offsetof(struct kn_vfio_irq_info, index) == offsetof(struct vfio_irq_info, index));
static_assert(offsetof(struct kn_vfio_irq_info, count) == offsetof(struct vfio_irq_info, count));
static_assert(sizeof(struct kn_vfio_irq_set) == offsetof(struct vfio_irq_set, data));
static_assert(offsetof(struct kn_vfio_irq_set, flags) == offsetof(struct vfio_irq_set, flags));
static_assert(offsetof(struct kn_vfio_irq_set, index) == offsetof(struct vfio_irq_set, index));
static_assert(offsetof(struct kn_vfio_irq_set, start) == offsetof(struct vfio_irq_set, start));
static_assert(offsetof(struct kn_vfio_irq_set, count) == offsetof(struct vfio_irq_set, count));
static_assert(KN_VFIO_DEVICE_IOEVENTFD == VFIO_DEVICE_IOEVENTFD);
static_assert(offsetofend(struct vfio_device_ioeventfd, fd) == KN_VFIO_IOEVENTFD_SIZE);
static_assert(offsetof(struct kn_vfio_ioeventfd, flags) ==
	      offsetof(struct vfio_device_ioeventfd, flags));
static_assert(offsetof(struct kn_vfio_ioeventfd, offset) ==
	      offsetof(struct vfio_device_ioeventfd, offset));
static_assert(offsetof(struct kn_vfio_ioeventfd, data) ==
	      offsetof(struct vfio_device_ioeventfd, data));
static_assert(offsetof(struct kn_vfio_ioeventfd, fd) == offsetof(struct vfio_device_ioeventfd, fd));

/* include/base/result.hh, enum class Error */
static_assert(EINTR == 4 && EIO == 5 && ENXIO == 6 && EBADF == 9 && EAGAIN == 11 && ENOMEM == 12 &&
	      EFAULT == 14 && EBUSY == 16 && EEXIST == 17 && ENODEV == 19 && EINVAL == 22 &&
	      ENOTTY == 25 && ENOSPC == 28 && EPROTO == 71 && EOPNOTSUPP == 95 && ETIMEDOUT == 110);

/* include/wire/device_fields.h: one 0 for each field that is right. */
#define CHECK_FIELD(type, ...) BUILD_BUG_ON_ZERO(!WIRE_FIELD_AT(struct type, __VA_ARGS__)),
#define CHECK_NET(...) CHECK_FIELD(virtio_net_config, __VA_ARGS__)
#define CHECK_BLOCK(...) CHECK_FIELD(virtio_blk_config, __VA_ARGS__)
#define CHECK_CONSOLE(...) CHECK_FIELD(virtio_console_config, __VA_ARGS__)
#define CHECK_BALLOON(...) CHECK_FIELD(virtio_balloon_config, __VA_ARGS__)
#define CHECK_SCSI(...) CHECK_FIELD(virtio_scsi_config, __VA_ARGS__)
static const int fields[] __maybe_unused = {
	WIRE_NET_FIELDS(CHECK_NET)
	WIRE_BLOCK_FIELDS(CHECK_BLOCK)
	WIRE_CONSOLE_FIELDS(CHECK_CONSOLE)
	WIRE_BALLOON_FIELDS(CHECK_BALLOON)
	WIRE_SCSI_FIELDS(CHECK_SCSI)
};

/* include/wire/device_config.hh: a tag without a length of its own */
static_assert(offsetof(struct virtio_9p_config, tag_len) == 0 &&
	      offsetof(struct virtio_9p_config, tag) == 2);
