# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# With a guest open: taking VFs away and unloading modules is refused at once; unbinding the VF or the PF
# asks the guest, and completes when it lets go. One guest goes through all of it.
# It has a VF of another PF too. With its last device the VFIO container would lose its IOMMU state while
# QEMU still uses it: a use after free in VFIO itself, whatever the driver.

must anchor-pf pf_setup "$ANCHOR" "$PF_DRIVER" 1
must anchor-vf vf_setup "$ANCHOR" 1 "$VF_DRIVER"
must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
pf=$(pf_bdf "$PF") bdf=$(vf_bdf "$PF" 1)
must boot guest_start 1 legacy "$bdf" "$(vf_bdf "$ANCHOR" 1)"
guest_online first 1

refused numvfs "echo 0 >$pci/$pf/sriov_numvfs"
same vfs-stay 1 "$(cat "$pci/$pf/sriov_numvfs")"
refused rmmod-variant "rmmod $VF_DRIVER"
refused rmmod-owner "rmmod $PF_DRIVER"
guest_transfer refused 1 1

start_writing "$bdf" "$pci/$bdf/driver/unbind"
must vf-unbound within 40 written
check vf-left-guest within 10 has_none 1
same vf-driver '' "$(driver_of "$bdf")"
must vf-again vf_setup "$PF" 1 "$VF_DRIVER"
must vf-add guest_plug 1 "$bdf" 6
guest_online vf 1 6

start_writing "$pf" "$pci/$pf/driver/unbind"
must pf-unbound within 40 written
check pf-left-guest within 10 has_none 1 6
check no-vfs test ! -e "$pci/$pf/virtfn0"
must pf-again pf_setup "$PF" "$PF_DRIVER" 1
must pf-vf vf_setup "$PF" 1 "$VF_DRIVER"
must pf-add guest_plug 1 "$(vf_bdf "$PF" 1)" 7
guest_online pf 1 7
obeyed_spec violations "$PF"
guest_transfer pf 1 1
check end guest_stop 1
