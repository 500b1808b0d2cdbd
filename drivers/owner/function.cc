// SPDX-License-Identifier: GPL-2.0-only
#include "owner/function.hh"

#include "base/guard.hh"

namespace owner {

using base::Status;
using base::status_of;

Status take_function(kn_pci *pci)
{
	TRY(status_of(kn_pci_enable(pci)));
	base::ScopeGuard disable{[pci] { kn_pci_disable(pci); }};
	if (kn_pci_set_dma_mask(pci, 64))
		TRY(status_of(kn_pci_set_dma_mask(pci, 32)));
	TRY(status_of(kn_pci_claim_bars(pci)));
	disable.dismiss();
	return {};
}

void give_back_function(kn_pci *pci)
{
	kn_pci_release_bars(pci);
	kn_pci_disable(pci);
}

} // namespace owner
