# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library and the settings have the variables
# The device completes no command of one member for PERIOD seconds, while a program accesses its registers all the time.
# Guests on its neighbors, one busy and one quiet, lose nothing, and start their drivers anew at once. The mute member
# works again after its own reset. ORDER is that of the device: "members" goes on past the member, "arrival" stands
# still behind it.

all_setup 3
guests_online 2 3
must open poke_open "$(vf_bdf "$PF" 1)"
gives decode-on 'ok 2' write 7 4 0500
gives mac 'ok 525400aa0001' read 0 20 6
pf=$pci/$(pf_bdf "$PF")/virtio_owner
epoch=$(cat "$pf/epoch")
limit=$(promised "$(cat /sys/module/virtio_owner/parameters/command_timeout_ms)")
state_is() { [ "$(cat "$pf/state")" = "$1" ]; }
broken() { cat "$pci/$(vf_bdf "$PF" "$1")/virtio_legacy/broken"; }
busy() { guest_transfer "busy$1" 2 64; }

outer set "$PF" admin-order "$ORDER"
outer fault "$PF" 'any,1,stuck'
poke_for "$PERIOD" 1 busy
check muted-in-time test "$longest" -le "$limit"
case $ORDER in
members) same resets "$epoch" "$(cat "$pf/epoch")" ;;
# One for each of its two offences.
*) check resets test "$(cat "$pf/epoch")" -le $((epoch + 2)) ;;
esac
same neighbors '0 0' "$(broken 2) $(broken 3)"
for n in 2 3; do guest_anew "again$n" "$n"; done
outer clear-fault "$PF"
outer set "$PF" admin-order arrival
check live within reset state_is live
poke_close
client_works muted "$(vf_bdf "$PF" 1)"
obeyed_spec violations "$PF"
for n in 2 3; do check "end$n" guest_stop "$n"; done
