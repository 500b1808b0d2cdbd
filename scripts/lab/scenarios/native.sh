# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# One VF is the host VM's own network card, under its virtio-pci, while a sibling is a legacy guest's: both move
# data at the same time, and neither is disturbed by the other's end.

must pf pf_setup "$PF" "$PF_DRIVER" 2
must guest-vf vf_setup "$PF" 1 "$VF_DRIVER"
must host-vf vf_setup "$PF" 2 virtio-pci
host=$(vf_bdf "$PF" 2)
must host-netdev virtio_driver "$host"
must boot guest_start 1 legacy "$(vf_bdf "$PF" 1)"
check legacy-driver legacy_driver 1
guest_online guest 1
same guest-mac 52:54:00:aa:00:01 "$(guest 1 'cat /sys/class/net/eth0/address')"
same host-mac 52:54:00:aa:00:02 "$(cat "/sys/class/net/$(netdev_of "$host")/address")"
host_online host "$host"

guest_download 1 guest 1024 >/run/guest-sum &
both=$!
host_transfer host 1024
wait "$both"
same guest-meanwhile "$(outer digest 1024)" "$(cat /run/guest-sum)"
guest_transfer guest 1
# A modern driver sends no admin commands, and the guest's are not the native VF's.
same host-commands 0 "$(commands "$PF" 2)"

# The guest's driver starts anew, then the guest ends: the native VF goes on. So does the guest without the sibling.
guest 1 'for verb in unbind bind; do echo 0000:00:04.0 >/sys/bus/pci/drivers/virtio-pci/$verb; done'
host_transfer host-again
must host-unbound unbind "$host"
guest_online guest-again 1
guest_transfer guest-again 1
must host-bound vf_setup "$PF" 2 virtio-pci
must host-netdev-again virtio_driver "$host"
check end guest_stop 1
host_online host-after "$host"
host_transfer host-after
obeyed_spec violations "$PF"
