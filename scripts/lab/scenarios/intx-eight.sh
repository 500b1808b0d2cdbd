# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library and the settings have the variables; some text is for the guest
# Eight guests without MSI-X, with a VF each, move data for SECONDS. No interrupt is missing: each transfer ends, and all
# messages of the device are interrupts of the host or came together with one, as in the counters of both. The eight move
# at least 0.8 times as much as one of them alone.

GUESTS='1 2 3 4 5 6 7 8'

# all_counted NAME: the device's messages, the host's interrupts, signals, and the guest's interrupts of a VF.
all_counted() {
	local _bdf _irqs _messages _guest _signals
	_bdf=$(vf_bdf "$PF" "$1")
	check "rests$1" within event line_rests "$_bdf"
	_messages=$(outer sum "$PF" "members.$1.messages")
	_irqs=$(intx_irqs "$_bdf") _signals=$(intx_signals "$_bdf") _guest=$(guest_interrupts "$1")
	say "guest $1: $_messages messages, $_irqs interrupts, $((_messages - _irqs)) came together; $_signals signals, $_guest interrupts of the guest"
	check "messages$1" test "$_irqs" -le "$_messages" -a "$_irqs" -gt 0
	check "signals$1" test "$_signals" -le "$_irqs"
	same "guest$1" "$_signals" "$_guest"
	# The device's index has 16 bits.
	same "used$1" $(($(guest "$1" 'cat /sys/class/net/eth0/statistics/rx_packets') % 65536)) "$(stat "$PF" "members.$1.used.0")"
}

must pf pf_setup "$PF" "$PF_DRIVER" 8
for name in $GUESTS; do must "vf$name" vf_setup "$PF" "$name" "$VF_DRIVER"; done
for name in $GUESTS; do must "launch$name" guest_launch "$name" nomsi "$(vf_bdf "$PF" "$name")"; done
for name in $GUESTS; do
	must "boot$name" guest_ready "$name" 1
	guest_online "guest$name" "$name"
	same "armed$name" 'emulated armed 2' "$(intx_state "$(vf_bdf "$PF" "$name")")"
done
# In turns, because the machine's speed may change.
alone=0 eight=0
for round in 1 2 3 4 5; do
	load_rate "alone-$round" 20 1
	alone=$((alone + bytes_per_second))
	# shellcheck disable=SC2086 # a list
	load_rate "eight-$round" $((SECONDS_OF_LOAD / 5)) $GUESTS
	eight=$((eight + bytes_per_second))
done
say "in all rounds, bytes a second: $alone alone, $eight of eight"
check share test $((eight * 10)) -ge $((alone * 8))
for name in $GUESTS; do all_counted "$name"; done
obeyed_spec violations "$PF"
for name in $GUESTS; do check "end$name" guest_stop "$name"; done
