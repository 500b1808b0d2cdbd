# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# A PF or a VF reports an error that is not fatal, with a VF open. The driver of a sibling asks for a reset, so the
# kernel resets the bus, though the owner did not ask. The owner starts its device anew, and clients and guests work.

must pf pf_setup "$PF" "$PF_DRIVER" 2
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must sibling vf_setup "$PF" 2 reset_voter
pf=$(pf_bdf "$PF")
vf=$(vf_bdf "$PF" 1)
sibling=$(vf_bdf "$PF" 2)
owner=$pci/$pf/virtio_owner
state_is() { [ "$(cat "$owner/state")" = "$1" ]; }

for device in "$PF-vf1" "$PF"; do
	lines=$(log_lines)
	epoch=$(cat "$owner/epoch")
	must "$device-open" poke_open "$vf"
	gives "$device-decode-on" 'ok 2' write 7 4 0500
	gives "$device-before" 'ok 525400aa0001' read 0 20 6
	must "$device-inject" outer aer "$device" COMP_ABORT
	must "$device-recovered" within release said "$lines" 'AER: device recovery successful'
	# 1 is a channel that works: the error was not fatal.
	check "$device-voted" said "$lines" "$sibling: asks for a reset in channel state 1"
	check "$device-reset" said "$lines" "$sibling: was reset"
	check "$device-live" within event state_is live
	check "$device-epoch" test "$(cat "$owner/epoch")" -gt "$epoch"
	gives "$device-decode-again" 'ok 2' write 7 4 0500
	gives "$device-after" 'ok 525400aa0001' read 0 20 6
	poke_close
	client_works "$device" "$vf"
done
must boot guest_start 1 legacy "$vf"
guest_online guest 1
guest_transfer guest 1
check end guest_stop 1
obeyed_spec violations "$PF"
