# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# The kernel's own virtio_vfio_pci is installed, too: two drivers that fit a VF equally well.

must pf pf_setup "$PF" "$PF_DRIVER" 1
vf=$(vf_bdf "$PF" 1)
must daemon libvirt_up "$ROOT"
say "$(libvirt_versions)"
must in-tree-there in_tree_variant yes
domain_moves_data named "$vf" "$VF_DRIVER" yes "$VF_DRIVER"
# The first line of modules.alias counts, and depmod lists a kernel's own modules before those in updates/.
plain_domain unnamed "$vf" virtio_vfio_pci
obeyed_spec violations "$PF"
