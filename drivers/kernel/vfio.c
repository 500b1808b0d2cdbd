// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pci.h>
#include <linux/vfio_pci_core.h>

#include "drivers/kernel/compat_intx.h"
#include "drivers/kernel/compat_vfio.h"
#include "drivers/kernel/vfio_type.h"
#include "kernel/vfio.h"

struct kn_pci *kn_vfio_pci(struct kn_vfio *vfio)
{
	return (struct kn_pci *)to_vfio_core(vfio)->pdev;
}

bool kn_vfio_msix_enabled(struct kn_vfio *vfio)
{
	return kn_vfio_core_msix(to_vfio_core(vfio));
}

void kn_vfio_config(struct kn_vfio *vfio, void *to, kn_size size)
{
	memcpy(to, to_vfio_core(vfio)->vconfig, size);
}

long kn_vfio_read(struct kn_vfio *vfio, u64 buffer, kn_size count, u64 position)
{
	loff_t pos = position;

	return vfio_pci_core_read(&to_vfio_core(vfio)->vdev, u64_to_user_ptr(buffer), count, &pos);
}

long kn_vfio_write(struct kn_vfio *vfio, u64 buffer, kn_size count, u64 position)
{
	loff_t pos = position;

	return vfio_pci_core_write(&to_vfio_core(vfio)->vdev, u64_to_user_ptr(buffer), count, &pos);
}

int kn_vfio_feature(struct kn_vfio *vfio, u32 flags, u64 arg, kn_size size)
{
	return vfio_pci_core_ioctl_feature(&to_vfio_core(vfio)->vdev, flags, u64_to_user_ptr(arg),
					   size);
}

struct kn_mmio *kn_vfio_map_bar(struct kn_vfio *vfio, u8 bar)
{
	return (__force struct kn_mmio *)kn_vfio_core_map(to_vfio_core(vfio), bar);
}

/* As vfio-pci-core decides it: a VF's own memory enable bit is hardwired. */
static bool answers_memory(struct vfio_pci_core_device *core)
{
	u16 command = le16_to_cpu(*(__le16 *)&core->vconfig[PCI_COMMAND]);

	return (__force int)core->pdev->current_state < (__force int)PCI_D3hot &&
	       (core->pdev->no_command_memory || (command & PCI_COMMAND_MEMORY));
}

bool kn_vfio_memory_lock(struct kn_vfio *vfio)
{
	struct vfio_pci_core_device *core = to_vfio_core(vfio);

	down_read(&core->memory_lock);
	return answers_memory(core);
}

/* The user's VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY takes memory_lock for write. */
bool kn_vfio_memory_trylock(struct kn_vfio *vfio, bool *answers)
{
	struct vfio_pci_core_device *core = to_vfio_core(vfio);

	if (!down_read_trylock(&core->memory_lock))
		return false;
	if (core->pm_runtime_engaged) {
		up_read(&core->memory_lock);
		return false;
	}
	*answers = answers_memory(core);
	return true;
}

bool kn_vfio_may_sleep(struct kn_vfio *vfio)
{
	/* Changes under memory_lock alone; without the lock the answer may be old at once. */
	return data_race(to_vfio_core(vfio)->pm_runtime_engaged);
}

void kn_vfio_memory_unlock(struct kn_vfio *vfio)
{
	up_read(&to_vfio_core(vfio)->memory_lock);
}

void kn_vfio_command_lock(struct kn_vfio *vfio)
{
	down_write(&to_vfio_core(vfio)->memory_lock);
}

int kn_vfio_command_lock_killable(struct kn_vfio *vfio)
{
	return down_write_killable(&to_vfio_core(vfio)->memory_lock);
}

void kn_vfio_command_unlock(struct kn_vfio *vfio)
{
	up_write(&to_vfio_core(vfio)->memory_lock);
}
