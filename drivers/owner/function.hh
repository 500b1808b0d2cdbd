// SPDX-License-Identifier: GPL-2.0-only
// The PF as a PCI function.
#pragma once

#include "base/result.hh"
#include "kernel/pci.h"

namespace owner {

/**
 * take_function() - enable memory decoding, set the DMA mask, claim the BARs
 * @pci: the PF
 *
 * If the kernel refuses a DMA mask of 64 bits, it gets one of 32 bits. Bus mastering stays off.
 *
 * Context: may sleep. Return: success, or the error of the failed step. After an error the
 * function is disabled and no BAR is claimed.
 */
[[nodiscard]] base::Status take_function(kn_pci *pci);

/**
 * give_back_function() - undo take_function()
 * @pci: the PF, which does no DMA
 *
 * Context: may sleep.
 */
void give_back_function(kn_pci *pci);

} // namespace owner
