// SPDX-License-Identifier: GPL-2.0-only
#include "member/in_tree_search.hh"

#include "base/guard.hh"
#include "kernel/pci.h"

namespace member {

using base::Error;
using base::Status;

namespace {

/// Claims @admin and links the VF to the PF's virtio device. The caller puts @admin after an error.
Status prepare(kn_admin *admin)
{
	if (!kn_admin_usable(admin))
		return Error::no_such_address;
	TRY(base::status_of(kn_admin_claim(admin)));
	TRY(base::status_of(kn_admin_link(admin)));
	// The virtio driver may have left before the link existed. The next one may not be ready yet.
	return kn_admin_linked(admin) && kn_admin_usable(admin) ? Status{} : Status{Error::again};
}

} // namespace

base::Result<kn_admin *> find_in_tree_client(kn_pci *vf)
{
	kn_admin *admin = nullptr;

	if (!kn_pci_is_vf(vf))
		return Error::not_supported;
	if (!kn_pci_pf_bound(vf))
		return Error::no_device;
	TRY(base::status_of(kn_admin_find(vf, &admin)));
	base::ScopeGuard put{[admin] { kn_admin_put(admin); }};
	TRY(prepare(admin));
	put.dismiss();
	return admin;
}

} // namespace member
