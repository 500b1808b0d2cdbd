// SPDX-License-Identifier: GPL-2.0-only
#include <linux/uaccess.h>
#include <linux/vfio.h>

#include "drivers/kernel/compat_vfio.h"
#include "drivers/kernel/vfio_type.h"
#include "kernel/vfio.h"

static void describe_bar0(struct vfio_region_info *info, u32 bar_size)
{
	info->flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	info->cap_offset = 0;
	info->size = bar_size;
	info->offset = (u64)VFIO_PCI_BAR0_REGION_INDEX << KN_VFIO_OFFSET_SHIFT;
}

int kn_vfio_region_info(struct vfio_device *vdev, struct vfio_region_info *info,
			struct vfio_info_cap *caps, u32 bar_size)
{
	if (!bar_size || info->index != VFIO_PCI_BAR0_REGION_INDEX)
		return kn_vfio_core_region_info(vdev, info, caps);
	describe_bar0(info, bar_size);
	return 0;
}

long kn_vfio_ioctl(struct kn_vfio *vfio, u32 cmd, u64 arg, u32 bar_size)
{
	const size_t minsz = offsetofend(struct vfio_region_info, offset);
	struct vfio_device *vdev = &to_vfio_core(vfio)->vdev;
	void __user *user = u64_to_user_ptr(arg);
	struct vfio_region_info info;

	if (cmd != VFIO_DEVICE_GET_REGION_INFO || !bar_size)
		return vfio_pci_core_ioctl(vdev, cmd, arg);
	if (copy_from_user(&info, user, minsz))
		return -EFAULT;
	if (info.argsz < minsz)
		return -EINVAL;
	if (info.index != VFIO_PCI_BAR0_REGION_INDEX)
		return vfio_pci_core_ioctl(vdev, cmd, arg);

	info.argsz = sizeof(info);
	describe_bar0(&info, bar_size);
	return copy_to_user(user, &info, minsz) ? -EFAULT : 0;
}
