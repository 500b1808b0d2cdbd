# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library and the settings have the variables
# The device completes no command of one member for PERIOD seconds, while a program accesses its registers all the time. Guests
# on its neighbors, one busy and one quiet, lose nothing, and start their drivers anew at once. The mute member works again
# after its own reset. ORDER is that of the device: "members" goes on past the member, "arrival" stands still behind it.

must pf pf_setup "$PF" "$PF_DRIVER" 3
for n in 1 2 3; do must "vf$n" vf_setup "$PF" "$n" "$VF_DRIVER"; done
for n in 2 3; do must "launch$n" guest_launch "$n" legacy "$(vf_bdf "$PF" "$n")"; done
for n in 2 3; do
	must "boot$n" guest_ready "$n" 1
	guest_online "guest$n" "$n"
done
must open poke_open "$(vf_bdf "$PF" 1)"
gives decode-on 'ok 2' write 7 4 0500
gives mac 'ok 525400aa0001' read 0 20 6
pf=$pci/$(pf_bdf "$PF")/virtio_owner
epoch=$(cat "$pf/epoch")
restart='for verb in unbind bind; do echo 0000:00:04.0 >/sys/bus/pci/drivers/virtio-pci/$verb; done'
limit=$(promised "$(cat /sys/module/virtio_owner/parameters/command_timeout_ms)")
state_is() { [ "$(cat "$pf/state")" = "$1" ]; }
broken() { cat "$pci/$(vf_bdf "$PF" "$1")/virtio_legacy/broken"; }

outer set "$PF" admin-order "$ORDER"
outer fault "$PF" 'any,1,stuck'
clock
end=$((seconds + PERIOD)) round=0 longest=0
while [ "$seconds" -lt "$end" ]; do
	round=$((round + 1))
	poke read 0 20 6 >/dev/null
	ms=$(cat /run/poke.ms)
	[ "$ms" -le "$longest" ] || longest=$ms
	guest_transfer "busy$round" 2 64
	clock
done
say "the mute member's longest access took $longest ms"
check muted-in-time test "$longest" -le "$limit"
case $ORDER in
members) same resets "$epoch" "$(cat "$pf/epoch")" ;;
# One for each of its two offences.
*) check resets test "$(cat "$pf/epoch")" -le $((epoch + 2)) ;;
esac
same neighbors '0 0' "$(broken 2) $(broken 3)"
for n in 2 3; do
	must "restart$n" guest "$n" "$restart"
	guest_online "again$n" "$n"
	guest_transfer "again$n" "$n"
done
outer clear-fault "$PF"
outer set "$PF" admin-order arrival
check live within reset state_is live
poke_close
client_works muted "$(vf_bdf "$PF" 1)"
obeyed_spec violations "$PF"
for n in 2 3; do check "end$n" guest_stop "$n"; done
