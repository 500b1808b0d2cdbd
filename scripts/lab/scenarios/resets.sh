# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library and the settings have the variables
# Resets and errors with a guest open: each ends in time with a defined result, and the VF works afterwards.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
pf=$(pf_bdf "$PF")
driver=/sys/bus/pci/drivers/virtio-pci slot=0000:00:04.0
rebind="echo $slot >$driver/unbind; echo $slot >$driver/bind; true"

# next_guest NAME: a new guest on the VF works.
next_guest() {
	must "$1-guest" guest_start "$1" legacy "$(vf_bdf "$PF" 1)"
	guest_online "$1" "$1"
	guest_transfer "$1" "$1"
}

# The guest resets its device, without and with its driver bound, and then itself.
next_guest first
ends_within unbound-reset access guest first \
	"echo $slot >$driver/unbind && echo 1 >/sys/bus/pci/devices/$slot/reset && echo $slot >$driver/bind"
guest_online unbound first
ends_within bound-reset access guest first "echo 1 >/sys/bus/pci/devices/$slot/reset; $rebind"
guest_online bound first
check machine-reset qmp first system_reset
must reboot guest_ready first 2
guest_online machine first
guest_transfer machine first

# error STEP DEVICE GUEST: DEVICE reports an uncorrectable error, and the kernel recovers. QEMU stops a guest whose device
# reported an error; that guest can be ended all the same.
error() {
	lines=$(dmesg | wc -l)
	recovered() { dmesg | tail -n +$((lines + 1)) | grep -q 'AER: device recovery successful'; }
	must "$1-inject" outer aer "$2" COMP_ABORT
	check "$1-recovered" within event recovered
	sleep 2
	check "$1-ended" guest_kill "$3"
	must "$1-pf" pf_setup "$PF" "$PF_DRIVER" 1
	must "$1-vf" vf_setup "$PF" 1 "$VF_DRIVER"
	obeyed_spec "$1-violations" "$PF"
}

# Before the reset of the PF: the emulated VF reports no error behind one until it is opened anew.
error vf "$PF-vf1" first
next_guest vf

# Function reset of the PF: the guest's driver works again when it starts anew.
epoch=$(cat "$pci/$pf/virtio_owner/epoch")
reset_pf() { echo 1 >"$pci/$pf/reset"; }
needs_restart() { [ "$(cat "$pci/$(vf_bdf "$PF" 1)/virtio_legacy/needs_restart")" = "$1" ]; }
check keeps-state needs_restart 0
ends_within pf-reset reset reset_pf
check lost-state within event needs_restart 1
check new-epoch test "$(cat "$pci/$pf/virtio_owner/epoch")" -gt "$epoch"
ends_within reset-lives access guest vf true
ends_within reset-driver access guest vf "$rebind"
guest_online reset vf
check new-start needs_restart 0
guest_transfer reset vf
obeyed_spec reset-violations "$PF"

error pf "$PF" vf

# A fatal error of the PF: the kernel gives up, because a VF has no driver. After a reset by hand all works again, DMA and
# interrupts too.
must fatal-pf pf_setup "$PF" "$PF_DRIVER" 2
must fatal-vf vf_setup "$PF" 1 "$VF_DRIVER"
lines=$(dmesg | wc -l)
given_up() { dmesg | tail -n +$((lines + 1)) | grep -q 'AER: device recovery failed'; }
must fatal-inject outer aer "$PF" MALF_TLP
check fatal-given-up within event given_up
ends_within fatal-reset reset reset_pf
next_guest fatal
check end guest_stop fatal
