# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# Errors of PF and VF without a guest. After an error that is not fatal the kernel recovers, with the VF open. After a fatal
# error of the PF the kernel gives up, because a VF has no driver. What administration.md says brings the PF back.

must pf pf_setup "$PF" "$PF_DRIVER" 2
must vf vf_setup "$PF" 1 "$VF_DRIVER"
pf=$(pf_bdf "$PF")

# works STEP: registers of the VF can be reached, through the PF.
works() { client_works "$1" "$(vf_bdf "$PF" 1)"; }

state_is() { [ "$(cat "$pci/$pf/virtio_owner/state")" = "$1" ]; }

# A VF without a driver keeps the kernel from recovering.
must second-vf vf_setup "$PF" 2 "$VF_DRIVER"
for device in "$PF-vf1" "$PF"; do
	lines=$(dmesg | wc -l)
	recovered() { dmesg | tail -n +$((lines + 1)) | grep -q 'AER: device recovery successful'; }
	must "$device-open" poke_open "$(vf_bdf "$PF" 1)"
	must "$device-inject" outer aer "$device" COMP_ABORT
	check "$device-recovered" within event recovered
	check "$device-live" within event state_is live
	poke_close
	works "$device"
done
# Function reset of the PF with the VF open: the client's registers are there again.
must reset-open poke_open "$(vf_bdf "$PF" 1)"
reset_pf() { echo 1 >"$pci/$pf/reset"; }
ends_within open-reset reset reset_pf
gives reset-decode-on 'ok 2' write 7 4 0500
gives reset-mac 'ok 525400aa0001' read 0 20 6
poke_close
unbind "$(vf_bdf "$PF" 2)"

# fails STEP: the error, after which nothing of the PF's configuration is left.
fails() {
	lines=$(dmesg | wc -l)
	given_up() { dmesg | tail -n +$((lines + 1)) | grep -q 'AER: device recovery failed'; }
	must "$1-inject" outer aer "$PF" MALF_TLP
	check "$1-given-up" within event given_up
	check "$1-lost" state_is lost
	same "$1-wiped" 0000 "$(setpci -s "$pf" COMMAND)"
}

works before
fails reset
ends_within reset-time reset reset_pf
check reset-live state_is live
works reset

fails bind
ends_within unbind-time reset unbind "$pf"
must bind-pf pf_setup "$PF" "$PF_DRIVER" 2
must bind-vf vf_setup "$PF" 1 "$VF_DRIVER"
works bind
obeyed_spec violations "$PF"
