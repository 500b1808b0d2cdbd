# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# libvirt gives a VF to a guest and binds its driver: found in modules.alias, or named in the domain. Or it is bound.

must pf pf_setup "$PF" "$PF_DRIVER" 1
vf=$(vf_bdf "$PF" 1)
must daemon libvirt_up "$ROOT"
say "$(libvirt_versions)"
must in-tree-away in_tree_variant no
domain_moves_data found "$vf" "$VF_DRIVER" yes
domain_moves_data named "$vf" "$VF_DRIVER" yes "$VF_DRIVER"
must bind bind "$vf" "$VF_DRIVER"
domain_moves_data unmanaged "$vf" "$VF_DRIVER" no
obeyed_spec violations "$PF"
