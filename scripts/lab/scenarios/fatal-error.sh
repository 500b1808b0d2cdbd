# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# A fatal error of the PF: the kernel resets it and gives up, because a VF has no driver. What administration.md
# says then brings it back.

must pf pf_setup "$PF" "$PF_DRIVER" 2
must vf vf_setup "$PF" 1 "$VF_DRIVER"
pf=$(pf_bdf "$PF")

# works STEP: registers of the VF can be reached, through the PF.
works() {
	must "$1-open" poke_open "$(vf_bdf "$PF" 1)"
	gives "$1-decode-on" 'ok 2' write 7 4 0500
	gives "$1-mac" 'ok 525400aa0001' read 0 20 6
	poke_close
}

state_is() { [ "$(cat "$pci/$pf/virtio_owner/state")" = "$1" ]; }

# fails STEP: the error, after which nothing of the PF's configuration is left.
fails() {
	lines=$(dmesg | wc -l)
	given_up() { dmesg | tail -n +$((lines + 1)) | grep -q 'AER: device recovery failed'; }
	must "$1-inject" outer aer "$PF" MALF_TLP
	check "$1-given-up" within 20 given_up
	check "$1-lost" state_is lost
	same "$1-wiped" 0000 "$(setpci -s "$pf" COMMAND)"
}

works before
fails reset
reset_pf() { echo 1 >"$pci/$pf/reset"; }
takes_at_most reset-time 10 reset_pf
check reset-live state_is live
works reset

fails bind
takes_at_most unbind-time 10 unbind "$pf"
must bind-pf pf_setup "$PF" "$PF_DRIVER" 2
must bind-vf vf_setup "$PF" 1 "$VF_DRIVER"
works bind
# DMA and interrupts, too.
must boot guest_start 1 legacy "$(vf_bdf "$PF" 1)"
guest_online guest 1
guest_transfer guest 1 1
check end guest_stop 1
obeyed_spec violations "$PF"
