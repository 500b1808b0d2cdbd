# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# The host VM crashes with a live admin queue, a command in the device, and guests that move data. Its crash kernel
# (kdump) boots and goes on with this scenario. The memory from before the crash is there to be saved, the device has
# no command of the old queue, and the PF and its VFs work.

if [ ! -e /lab/resume ]; then
	all_setup 3
	guests_online 1 2
	must open poke_open "$(vf_bdf "$PF" 3)"
	gives decode-on 'ok 2' write 7 4 0500
	must prepare crash_prepare crash
	for n in 1 2; do guest_send "$n" "download $SERVER_PORT live$n 16384"; done
	for n in 1 2; do must "live$n" within transfer moves "live$n"; done
	outer fault "$PF" '0x5,3,late,120000,count=1'
	echo 'read 0 20 6' >&6
	has_command() { [ "$(stat "$PF" outstanding)" = 1 ]; }
	must has-command within event has_command
	crash
fi
check dump test -s /proc/vmcore
same command-taken-back 0 "$(stat "$PF" outstanding)"
outer clear-fault "$PF"
all_setup 3
for n in 1 2 3; do check "plays$n" client_plays "$(vf_bdf "$PF" "$n")"; done
client_works again "$(vf_bdf "$PF" 1)"
same state live "$(cat "$pci/$(pf_bdf "$PF")/virtio_owner/state")"
obeyed_spec violations "$PF"
