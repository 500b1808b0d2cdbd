# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library and the settings have the variables
# The software behind the device restarts: for PAUSES seconds it completes no command. What moves data goes on, and the
# owner is live again without help. Of the guests, one moves data, one is idle, one reboots, and one is started
# meanwhile. HOW says what becomes of the commands and of the registers (Documentation/device.md).

all_setup 5
guests_online 1 2 4
pf=$pci/$(pf_bdf "$PF")/virtio_owner
state_is() { [ "$(cat "$pf/state")" = "$1" ]; }
limit=$(promised "$(cat /sys/module/virtio_owner/parameters/command_timeout_ms)")
busy() { guest_transfer "pause$pause.$1" 2; }
# Asks the monitor of the guest that reboots all the time, and writes how long each answer takes.
ask_monitor() {
	local _begin _end
	_end=$(($(now_ms) + pause * 1000))
	while _begin=$(now_ms) && [ "$_begin" -lt "$_end" ]; do
		qmp 4 query-status || not_ok "monitor$pause-answers" "query-status failed" >&2
		echo $(($(now_ms) - _begin))
		sleep 0.2
	done
}
start() { guest_launch "new$pause" legacy "$(vf_bdf "$PF" 5)"; }
boots=1

for pause in $PAUSES; do
	lines=$(log_lines)
	# A member without a guest, so that accesses are made throughout.
	must "open$pause" poke_open "$(vf_bdf "$PF" 3)"
	gives "decode$pause" 'ok 2' write 7 4 0500
	outer set "$PF" pause "${HOW%%,*},$((pause * 1000))${HOW#"${HOW%%,*}"}"
	guest_send 4 'reboot -f'
	ask_monitor >/run/monitor.ms &
	asker=$!
	must "start$pause" start
	poke_for "$pause" 20 busy
	check "longest$pause" test "$longest" -le "$limit"
	check "one-deadline$pause" test "$waits" -le 1
	wait "$asker"
	monitor=$(sort -n /run/monitor.ms | tail -n 1)
	say "the monitor's longest answer of $(wc -l </run/monitor.ms) took $monitor ms"
	check "monitor$pause" test "$monitor" -le $((1000 + limit))
	# 30 s at most, and a try.
	check "live$pause" within boot state_is live
	check "messages$pause" test $(($(log_lines) - lines)) -le $((10 + pause / 10))
	gives "mac$pause" 'ok 525400aa0003' read 0 20 6
	poke_close
	boots=$((boots + 1))
	must "reboot$pause" guest_ready 4 $boots
	for n in 1 2; do guest_transfer "after$pause.$n" "$n"; done
	for n in 1 2 4; do guest_anew "again$pause.$n" "$n"; done
	# A VF cannot be opened while the device completes nothing for longer than a deadline.
	if guest_gone "new$pause"; then
		guest_forget "new$pause"
		must "restart$pause" start
	fi
	must "boot$pause" guest_ready "new$pause" 1
	guest_anew "new$pause" "new$pause"
	check "end$pause" guest_stop "new$pause"
done
obeyed_spec violations "$PF"
for n in 1 2 4; do check "end$n" guest_stop "$n"; done
