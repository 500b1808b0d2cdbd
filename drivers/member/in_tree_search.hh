// SPDX-License-Identifier: GPL-2.0-only
// The search for the kernel's own client of a VF's PF.
#pragma once

#include "base/result.hh"
#include "kernel/admin.h"

namespace member {

/**
 * find_in_tree_client() - get the client for a VF
 * @vf: the VF; its driver is being probed
 *
 * On success the PF's virtio driver cannot be unbound before the VF's driver is, and no other
 * driver of the VF gets the client until kn_admin_put(). After an error no reference is held, and
 * the probe must fail: a device link may remain until then. After `no_such_address`,
 * `no_device` and `not_supported` there is no link.
 *
 * Context: may sleep. Return: the client;
 *
 *	not_supported	no VF; the kernel has no such client; virtio-pci does not drive the PF
 *	no_device	the PF has no driver
 *	no_such_address	the client has no legacy commands, or no driver
 *	busy		a command of the VF's last user is outstanding
 *	again		the PF's virtio driver left, or the next one is not ready yet
 *	no_memory
 */
[[nodiscard]] base::Result<kn_admin *> find_in_tree_client(kn_pci *vf);

} // namespace member
