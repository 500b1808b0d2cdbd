// SPDX-License-Identifier: GPL-2.0-only
#include <linux/dma-mapping.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include "drivers/kernel/compat_pm.h"
#include "drivers/kernel/pci_type.h"
#include "kernel/pci.h"

u32 kn_pci_config_read(struct kn_pci *pci, u16 offset, u8 width)
{
	u32 value = ~0u;
	u16 word = ~0;
	u8 byte = ~0;

	switch (width) {
	case 1:
		pci_read_config_byte(to_pci_dev_ptr(pci), offset, &byte);
		return byte;
	case 2:
		pci_read_config_word(to_pci_dev_ptr(pci), offset, &word);
		return word;
	default:
		pci_read_config_dword(to_pci_dev_ptr(pci), offset, &value);
		return value;
	}
}

u32 kn_pci_config_size(struct kn_pci *pci)
{
	return to_pci_dev_ptr(pci)->cfg_size;
}

int kn_pci_user_read8(struct kn_pci *pci, u16 offset, u8 *value)
{
	return pci_user_read_config_byte(to_pci_dev_ptr(pci), offset, value);
}

int kn_pci_user_write8(struct kn_pci *pci, u16 offset, u8 value)
{
	return pci_user_write_config_byte(to_pci_dev_ptr(pci), offset, value);
}

bool kn_pci_present(struct kn_pci *pci)
{
	return pci_device_is_present(to_pci_dev_ptr(pci));
}

/* As vfio-pci-core decides it for memory. */
bool kn_pci_powered(struct kn_pci *pci)
{
	return (__force int)to_pci_dev_ptr(pci)->current_state < (__force int)PCI_D3hot;
}

bool kn_pci_power(struct kn_pci *pci, u64 *suspended_ns)
{
	*suspended_ns = kn_suspended_ns(&to_pci_dev_ptr(pci)->dev);
	return kn_pci_powered(pci);
}

bool kn_pci_removed(struct kn_pci *pci)
{
	return READ_ONCE(to_pci_dev_ptr(pci)->error_state) == pci_channel_io_perm_failure;
}

bool kn_pci_is_vf(struct kn_pci *pci)
{
	return to_pci_dev_ptr(pci)->is_virtfn;
}

bool kn_pci_pf_bound(struct kn_pci *vf)
{
	return READ_ONCE(pci_physfn(to_pci_dev_ptr(vf))->dev.driver);
}

u16 kn_pci_vendor(struct kn_pci *pci)
{
	return to_pci_dev_ptr(pci)->vendor;
}

u16 kn_pci_device(struct kn_pci *pci)
{
	return to_pci_dev_ptr(pci)->device;
}

u64 kn_pci_bar_length(struct kn_pci *pci, u8 bar)
{
	if (!(pci_resource_flags(to_pci_dev_ptr(pci), bar) & IORESOURCE_MEM))
		return 0;
	return pci_resource_len(to_pci_dev_ptr(pci), bar);
}

bool kn_pci_bar_exists(struct kn_pci *pci, u8 bar)
{
	return pci_resource_flags(to_pci_dev_ptr(pci), bar) != 0;
}

int kn_pci_enable(struct kn_pci *pci)
{
	return pci_enable_device_mem(to_pci_dev_ptr(pci));
}

int kn_pci_set_dma_mask(struct kn_pci *pci, u8 bits)
{
	return dma_set_mask_and_coherent(&to_pci_dev_ptr(pci)->dev, DMA_BIT_MASK(bits));
}

int kn_pci_claim_bars(struct kn_pci *pci)
{
	return pci_request_mem_regions(to_pci_dev_ptr(pci), "virtio_owner");
}

void kn_pci_release_bars(struct kn_pci *pci)
{
	pci_release_mem_regions(to_pci_dev_ptr(pci));
}

void kn_pci_disable(struct kn_pci *pci)
{
	pci_disable_device(to_pci_dev_ptr(pci));
}

void kn_pci_set_master(struct kn_pci *pci)
{
	pci_set_master(to_pci_dev_ptr(pci));
}

void kn_pci_clear_master(struct kn_pci *pci)
{
	pci_clear_master(to_pci_dev_ptr(pci));
}

void kn_pci_disable_intx(struct kn_pci *pci)
{
	pci_intx(to_pci_dev_ptr(pci), 0);
}

struct kn_pci_config *kn_pci_config_save(struct kn_pci *pci)
{
	pci_save_state(to_pci_dev_ptr(pci));
	return (struct kn_pci_config *)pci_store_saved_state(to_pci_dev_ptr(pci));
}

void kn_pci_config_restore(struct kn_pci *pci, struct kn_pci_config *config)
{
	pci_load_saved_state(to_pci_dev_ptr(pci), (struct pci_saved_state *)config);
	pci_restore_state(to_pci_dev_ptr(pci));
}

void kn_pci_config_free(struct kn_pci_config *config)
{
	kfree(config);
}

int kn_pci_reset_locked(struct kn_pci *pci)
{
	int ret;

	pci_save_state(to_pci_dev_ptr(pci));
	ret = __pci_reset_function_locked(to_pci_dev_ptr(pci));
	pci_restore_state(to_pci_dev_ptr(pci));
	return ret;
}

struct kn_mmio *kn_pci_map(struct kn_pci *pci, u8 bar, u64 offset, u64 length)
{
	return (__force struct kn_mmio *)pci_iomap_range(to_pci_dev_ptr(pci), bar, offset, length);
}

void kn_pci_unmap(struct kn_pci *pci, struct kn_mmio *mmio)
{
	if (mmio)
		pci_iounmap(to_pci_dev_ptr(pci), (__force void __iomem *)mmio);
}

void kn_pci_uevent(struct kn_pci *pci, const char *variable)
{
	char *variables[2] = { (char *)variable };

	kobject_uevent_env(&to_pci_dev_ptr(pci)->dev.kobj, KOBJ_CHANGE, variables);
}

void kn_pci_set_assigned(struct kn_pci *pci, bool assigned)
{
	if (assigned)
		pci_set_dev_assigned(to_pci_dev_ptr(pci));
	else
		pci_clear_dev_assigned(to_pci_dev_ptr(pci));
}

int kn_pci_pm_get(struct kn_pci *pci)
{
	return pm_runtime_resume_and_get(&to_pci_dev_ptr(pci)->dev);
}

void kn_pci_pm_put(struct kn_pci *pci)
{
	pm_runtime_put(&to_pci_dev_ptr(pci)->dev);
}
