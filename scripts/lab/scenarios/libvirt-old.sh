# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# A libvirt that knows no VFIO driver but vfio-pci, and the way to give it a VF with another one all the same.

must pf pf_setup "$PF" "$PF_DRIVER" 1
vf=$(vf_bdf "$PF" 1)
node=pci_$(echo "$vf" | tr ':.' '__')
must daemon libvirt_up "$ROOT"
say "$(libvirt_versions)"
plain_domain managed "$vf" vfio-pci

must bind bind "$vf" "$VF_DRIVER"
check unmanaged.refused refused_domain "$vf" 'must be manually detached from the host'

# Once detached by libvirt, an unmanaged device is taken as it is.
must detach virsh nodedev-detach "$node"
must bind-again bind "$vf" "$VF_DRIVER"
domain_moves_data detached "$vf" "$VF_DRIVER" no
obeyed_spec violations "$PF"
