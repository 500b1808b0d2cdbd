// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pci.h>

#include "drivers/kernel/pci_type.h"
#include "kernel/sriov.h"

int kn_sriov_enable(struct kn_pci *pci, u32 count)
{
	return pci_enable_sriov(to_pci_dev_ptr(pci), count);
}

void kn_sriov_disable(struct kn_pci *pci)
{
	pci_disable_sriov(to_pci_dev_ptr(pci));
}

u32 kn_sriov_count(struct kn_pci *pci)
{
	return pci_num_vf(to_pci_dev_ptr(pci));
}

int kn_sriov_vf_index(struct kn_pci *vf)
{
	return pci_iov_vf_id(to_pci_dev_ptr(vf));
}

bool kn_sriov_supported(struct kn_pci *pci)
{
	return pci_sriov_get_totalvfs(to_pci_dev_ptr(pci)) > 0;
}

bool kn_sriov_migration_capable(struct kn_pci *pci)
{
	struct pci_dev *pdev = to_pci_dev_ptr(pci);
	int pos = pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_SRIOV);
	u32 cap;

	return pos && !pci_read_config_dword(pdev, pos + PCI_SRIOV_CAP, &cap) &&
	       !PCI_POSSIBLE_ERROR(cap) && (cap & PCI_SRIOV_CAP_VFM);
}
