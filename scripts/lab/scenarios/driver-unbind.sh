# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# The PF's virtio driver (virtio_net, not virtio-pci) is unbound while a guest has a VF: it takes the admin queue
# with it, so the VF has to go first. The guest is asked, lets go, and gets the VF again later.
# As in guest-life.sh the guest has a VF of another PF, too.

must anchor-pf pf_setup "$ANCHOR" "$PF_DRIVER" 1
must anchor-vf vf_setup "$ANCHOR" 1 "$VF_DRIVER"
linked_vf asked
must boot guest_start 1 legacy "$bdf" "$(vf_bdf "$ANCHOR" 1)"
guest_online guest 1
start_writing "$virtio" "$virtio_net/unbind"
must asked-unbound within release written
check left-guest within release has_none 1
same vf-driver '' "$(driver_of "$bdf")"
check virtio-unbound test ! -e "$virtio_net/$virtio"
# Without it the VF is plain, and no link is made that would be dormant.
must plain vf_setup "$PF" 1 "$VF_DRIVER"
same plain-why "plain: its PF's virtio-pci has no legacy admin commands" "$(cat "$pci/$bdf/virtio_legacy/identity")"
check no-link test ! -e "/sys/class/devlink/virtio:$virtio--pci:$bdf"
unbind "$bdf"
echo "$virtio" >"$virtio_net/bind"
must again vf_setup "$PF" 1 "$VF_DRIVER"
same again-identity 'transitional net' "$(cat "$pci/$bdf/virtio_legacy/identity")"
must add guest_plug 1 "$bdf" 6
guest_online again 1 6
guest_transfer again 1
check end guest_stop 1
obeyed_spec violations "$PF"
