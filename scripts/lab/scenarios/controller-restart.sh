# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library and the settings have the variables
# The software behind the device restarts: for PAUSES seconds it completes no command. What moves data goes on, and the owner
# is live again without help. HOW says what becomes of the commands and of the registers (Documentation/device.md).

must pf pf_setup "$PF" "$PF_DRIVER" 3
for n in 1 2 3; do must "vf$n" vf_setup "$PF" "$n" "$VF_DRIVER"; done
for n in 1 2; do must "launch$n" guest_launch "$n" legacy "$(vf_bdf "$PF" "$n")"; done
for n in 1 2; do
	must "boot$n" guest_ready "$n" 1
	guest_online "guest$n" "$n"
done
pf=$pci/$(pf_bdf "$PF")/virtio_owner
state_is() { [ "$(cat "$pf/state")" = "$1" ]; }
restart='for verb in unbind bind; do echo 0000:00:04.0 >/sys/bus/pci/drivers/virtio-pci/$verb; done'
limit=$(promised "$(cat /sys/module/virtio_owner/parameters/command_timeout_ms)")

for pause in $PAUSES; do
	lines=$(dmesg | wc -l)
	# A member without a guest, so that accesses are made throughout.
	must "open$pause" poke_open "$(vf_bdf "$PF" 3)"
	gives "decode$pause" 'ok 2' write 7 4 0500
	outer set "$PF" pause "${HOW%%,*},$((pause * 1000))${HOW#"${HOW%%,*}"}"
	clock
	begin=$seconds longest=0 accesses=0 waits=0 round=0
	while [ "$seconds" -lt $((begin + pause)) ]; do
		poke read 0 20 6 >/dev/null
		ms=$(cat /run/poke.ms)
		[ "$ms" -le "$longest" ] || longest=$ms
		[ "$ms" -lt "$SLACK_MS" ] || waits=$((waits + 1))
		accesses=$((accesses + 1)) round=$((round + 1))
		[ $((round % 20)) != 0 ] || guest_transfer "pause$pause.$round" 2
		sleep 0.1
		clock
	done
	say "a pause of $pause s: $accesses accesses, the longest $longest ms, $waits above $SLACK_MS ms"
	check "longest$pause" test "$longest" -le "$limit"
	check "one-deadline$pause" test "$waits" -le 1
	# 30 s at most, and a try.
	check "live$pause" within boot state_is live
	check "messages$pause" test $(($(dmesg | wc -l) - lines)) -le $((10 + pause / 10))
	gives "mac$pause" 'ok 525400aa0003' read 0 20 6
	poke_close
	for n in 1 2; do
		guest_transfer "after$pause.$n" "$n"
		must "restart$pause.$n" guest "$n" "$restart"
		guest_online "again$pause.$n" "$n"
	done
done
obeyed_spec violations "$PF"
for n in 1 2; do check "end$n" guest_stop "$n"; done
