# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# A guest with a legacy driver: what it sees, its traffic, its driver's unbind and rebind, its reboot.

must pf pf_setup "$PF" "$PF_DRIVER" 2
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must boot guest_start 1 legacy "$(vf_bdf "$PF" 1)"
identity_as identity 1 "$GOLDEN"
check only-device only_device 1
check legacy-driver legacy_driver 1
outer fact guest "$(guest 1 'uname -r')"
guest_online first 1
guest_transfer first 1 1024
say "commands by opcode: $(stat "$PF" members.1.opcodes), doorbells: $(doorbells "$PF" 1)"
check commands test "$(commands "$PF" 1)" -gt 20
check doorbells only_doorbell "$PF" 1 "$DOORBELL"
same mac 52:54:00:aa:00:01 "$(guest 1 'cat /sys/class/net/eth0/address')"

slot=0000:00:04.0
check unbind guest 1 "echo $slot >/sys/bus/pci/drivers/virtio-pci/unbind"
same unbound '' "$(guest 1 netdevs)"
check rebind guest 1 "echo $slot >/sys/bus/pci/drivers/virtio-pci/bind"
guest_online rebound 1
guest_transfer rebound 1

guest_send 1 'reboot -f'
must reboot guest_ready 1 2
guest_online rebooted 1
guest_transfer rebooted 1
counted_alike state "$PF" 1 "$(vf_bdf "$PF" 1)"
obeyed_spec violations "$PF"
check end guest_stop 1
