# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# Resets and errors with a guest open: each ends in time with a defined result, and the next guest works.
# The next guest of one is the guest of the one after it.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
pf=$(pf_bdf "$PF")
driver=/sys/bus/pci/drivers/virtio-pci slot=0000:00:04.0
rebind="echo $slot >$driver/unbind; echo $slot >$driver/bind; true"

# next_guest NAME: a new guest on the VF works.
next_guest() {
	must "$1-guest" guest_start "$1" legacy "$(vf_bdf "$PF" 1)"
	guest_online "$1" "$1"
	guest_transfer "$1" "$1" 1
}

# The guest resets its device, without and with its driver bound, and then itself.
next_guest first
takes_at_most unbound-reset 30 guest first \
	"echo $slot >$driver/unbind && echo 1 >/sys/bus/pci/devices/$slot/reset && echo $slot >$driver/bind"
guest_online unbound first
takes_at_most bound-reset 30 guest first "echo 1 >/sys/bus/pci/devices/$slot/reset; $rebind"
guest_online bound first
check machine-reset qmp first system_reset
must reboot guest_ready first 2
guest_online machine first
guest_transfer machine first 1

# Function reset of the PF.
epoch=$(cat "$pci/$pf/virtio_owner/epoch")
reset_pf() { echo 1 >"$pci/$pf/reset"; }
takes_at_most pf-reset 20 reset_pf
check new-epoch test "$(cat "$pci/$pf/virtio_owner/epoch")" -gt "$epoch"
takes_at_most reset-lives 20 guest first true
takes_at_most reset-driver 60 guest first "$rebind"
check reset-end guest_stop first
next_guest reset
obeyed_spec reset-violations "$PF"

# An uncorrectable error reported by the VF, then one by the PF.
for who in vf pf; do
	lines=$(dmesg | wc -l)
	recovered() { dmesg | tail -n +$((lines + 1)) | grep -q 'AER: device recovery successful'; }
	[ "$who" = vf ] && device=$PF-vf1 guest=reset || device=$PF guest=vf
	must "$who-inject" outer aer "$device" COMP_ABORT
	check "$who-recovered" within 20 recovered
	sleep 2
	# QEMU stops a guest whose device reported an error; that guest can be ended all the same.
	check "$who-ended" guest_kill "$guest"
	must "$who-pf" pf_setup "$PF" "$PF_DRIVER" 1
	must "$who-vf" vf_setup "$PF" 1 "$VF_DRIVER"
	next_guest "$who"
	obeyed_spec "$who-violations" "$PF"
done

check end guest_stop pf
