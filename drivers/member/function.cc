// SPDX-License-Identifier: GPL-2.0-only
#include "member/function.hh"

#include "wire/numbers.h"

namespace member {

void Function::open()
{
	state_.mend();
	resetting_.store(false);
}

void Function::reset_begins()
{
	resetting_.store(true);
	state_.reset_begins();
}

Status Function::enable_master()
{
	if (kn_pci_config_read(pci_, WIRE_PCI_COMMAND, 1) & WIRE_PCI_COMMAND_MASTER)
		return {};
	if (kn_vfio_set_master(vfio_))
		return base::Error::interrupted;
	// The function may have been found broken since the access began.
	keep_from_dma();
	return {};
}

void Function::keep_from_dma()
{
	if (state_.broken())
		kn_vfio_clear_master(vfio_);
}

void Function::keep_from_dma_in_reset()
{
	if (state_.broken())
		kn_pci_clear_master(pci_);
}

void Function::reset_failed(base::u32 resets)
{
	if (!state_.break_since(resets))
		return;
	keep_from_dma();
	if (kn_ratelimit_ok(&limit_))
		kn_warn(pci_, "reset not confirmed: off until its next function reset");
}

} // namespace member
