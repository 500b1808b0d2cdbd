// SPDX-License-Identifier: GPL-2.0-only
// Bus Master Enable of the VF: for guests that never set it, and not for a broken device.
#include "kernel/pci.h"
#include "member/device.hh"

namespace member {

using base::Error;

/**
 * let_master() - enable bus mastering for a guest that sets up a queue
 *
 * Old drivers do not (Linux before 2.6.34, NetBSD up to 7, Solo5), and transitional devices
 * of QEMU enable it at status 3. Some of those drivers never write 3, but all write an
 * address. A guest that clears the bit later is obeyed until its next address.
 *
 * Context: may sleep; takes memory_lock. Return: success, or Error::interrupted.
 */
Status Device::let_master()
{
	if (kn_pci_config_read(pci_, WIRE_PCI_COMMAND, 1) & WIRE_PCI_COMMAND_MASTER)
		return {};
	if (kn_vfio_set_master(vfio_))
		return Error::interrupted;
	// The device may have been found broken since decodes().
	keep_from_dma();
	return {};
}

/// After whatever can enable bus mastering: disables it again on a broken device.
void Device::keep_from_dma()
{
	if (function_.broken())
		kn_vfio_clear_master(vfio_);
}

/// The same at the end of a function reset. The caller may hold memory_lock, and no write of
/// VFIO's reaches configuration space meanwhile.
void Device::keep_from_dma_in_reset()
{
	if (function_.broken())
		kn_pci_clear_master(pci_);
}

} // namespace member
