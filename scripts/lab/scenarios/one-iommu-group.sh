# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# A port without ACS puts PF and VF into one IOMMU group. VFIO does not open a VF then while a driver has the PF.

group_of() { basename "$(readlink "$pci/$1/iommu_group")"; }

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
bdf=$(vf_bdf "$PF" 1)
same group "$(group_of "$(pf_bdf "$PF")")" "$(group_of "$bdf")"
same identity 'transitional net' "$(cat "$pci/$bdf/virtio_legacy/identity")"
same errno 'failed set container: Operation not permitted' "$(vfio-poke "$bdf" </dev/null)"
must start guest_launch 1 legacy "$bdf"
check refused guest_ends 1
check says-why grep -q "group $(group_of "$bdf") is not viable" /run/guest.1/qemu.log
guest_forget 1
obeyed_spec violations "$PF"
