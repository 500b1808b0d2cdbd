# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library and the settings have the variables
# One guest on a kernel with checkers. The guest moves data; its device and the PF are reset. Taking VFs away and unloading
# modules is refused at once. Unbinding the VF or the PF asks the guest, and completes when the guest lets go.
# The guest has a VF of a second PF, which virtio-pci drives. With its last device the VFIO container would lose its IOMMU
# state while QEMU still uses it: a use after free in VFIO itself, whatever the driver.
# At the end the virtio driver of the second PF is unbound (virtio_net, not virtio-pci). The admin queue goes with it, so
# the VF goes first: the guest is asked, lets go, and gets the VF again later.

must second-pf pf_setup "$SECOND_PF" "$SECOND_DRIVER" 1
must second-vf vf_setup "$SECOND_PF" 1 "$VF_DRIVER"
must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
pf=$(pf_bdf "$PF") bdf=$(vf_bdf "$PF" 1)
driver=/sys/bus/pci/drivers/virtio-pci slot=0000:00:04.0
rebind="echo $slot >$driver/unbind; echo $slot >$driver/bind; true"
must boot guest_start 1 legacy "$bdf" "$(vf_bdf "$SECOND_PF" 1)"
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

second=$(pf_bdf "$SECOND_PF") bdf=$(vf_bdf "$SECOND_PF" 1)
virtio=$(virtio_of "$second")
same second-link active "$(link_of "$second" "$bdf")"
guest_online second 1 5
start_writing "$virtio" "$virtio_net/unbind"
must driver-unbound within release written
check second-left-guest within release has_none 1 5
same second-vf-driver '' "$(driver_of "$bdf")"
check virtio-unbound test ! -e "$virtio_net/$virtio"
# Without it the VF is plain, and no link is made that would be dormant.
must plain vf_setup "$SECOND_PF" 1 "$VF_DRIVER"
same plain-why "plain: its PF's virtio-pci has no legacy admin commands" "$(cat "$pci/$bdf/virtio_legacy/identity")"
check no-link test ! -e "/sys/class/devlink/virtio:$virtio--pci:$bdf"
unbind "$bdf"
echo "$virtio" >"$virtio_net/bind"
must again vf_setup "$SECOND_PF" 1 "$VF_DRIVER"
same again-identity 'transitional net' "$(cat "$pci/$bdf/virtio_legacy/identity")"
must second-add guest_plug 1 "$bdf" 8
guest_online again 1 8
guest_transfer again 1
obeyed_spec second-violations "$SECOND_PF"
check end guest_stop 1
