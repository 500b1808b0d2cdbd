# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library and the settings have the variables
# One guest on a kernel with checkers. The guest moves data; its device and the PF are reset. Taking VFs away and unloading
# modules is refused at once. Unbinding the VF or the PF asks the guest, and completes when the guest lets go.
# The guest has a VF of another PF too. With its last device the VFIO container would lose its IOMMU state while
# QEMU still uses it: a use after free in VFIO itself, whatever the driver.

must anchor-pf pf_setup "$ANCHOR" "$PF_DRIVER" 1
must anchor-vf vf_setup "$ANCHOR" 1 "$VF_DRIVER"
must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
pf=$(pf_bdf "$PF") bdf=$(vf_bdf "$PF" 1)
driver=/sys/bus/pci/drivers/virtio-pci slot=0000:00:04.0
rebind="echo $slot >$driver/unbind; echo $slot >$driver/bind; true"
must boot guest_start 1 legacy "$bdf" "$(vf_bdf "$ANCHOR" 1)"
check legacy-driver legacy_driver 1
guest_online first 1
guest_transfer first 1
check doorbells only_doorbell "$PF" 1 "$DOORBELL"
counted_alike state "$PF" 1 "$bdf"

ends_within guest-reset access guest 1 "echo 1 >/sys/bus/pci/devices/$slot/reset; $rebind"
reset_pf() { echo 1 >"$pci/$pf/reset"; }
ends_within pf-reset reset reset_pf
ends_within reset-driver access guest 1 "$rebind"
guest_online reset 1

refused numvfs "echo 0 >$pci/$pf/sriov_numvfs"
same vfs-stay 1 "$(cat "$pci/$pf/sriov_numvfs")"
refused rmmod-variant "rmmod $VF_DRIVER"
refused rmmod-owner "rmmod $PF_DRIVER"

start_writing "$bdf" "$pci/$bdf/driver/unbind"
must vf-unbound within release written
check vf-left-guest within release has_none 1
same vf-driver '' "$(driver_of "$bdf")"
must vf-again vf_setup "$PF" 1 "$VF_DRIVER"
must vf-add guest_plug 1 "$bdf" 6
guest_online vf 1 6

start_writing "$pf" "$pci/$pf/driver/unbind"
must pf-unbound within release written
check pf-left-guest within release has_none 1 6
check no-vfs test ! -e "$pci/$pf/virtfn0"
must pf-again pf_setup "$PF" "$PF_DRIVER" 1
must pf-vf vf_setup "$PF" 1 "$VF_DRIVER"
must pf-add guest_plug 1 "$(vf_bdf "$PF" 1)" 7
guest_online pf 1 7
guest_transfer pf 1
obeyed_spec violations "$PF"
check end guest_stop 1
