# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# Doorbells by eventfd (VFIO_DEVICE_IOEVENTFD on BAR0), straight through VFIO, in every way that the device allows (WAYS, as
# of doorbell-ways): a signal is one doorbell. What is refused, and what drops a signal.

# rung WAY: doorbells that the device counted this way.
rung() { stat "$PF" "members.1.doorbells.$1"; }
rang() { [ "$(rung "$1")" = "$2" ]; }

# rings STEP WAY COUNT: so many in all, and no more a while later.
rings() {
	check "$1" within event rang "$2" "$3" || say "$(doorbells "$PF" 1)"
	sleep 0.3
	same "$1-no-more" "$3" "$(rung "$2")"
}

# refused KIND: arguments for which there is no event.
refused() {
	gives "$1-argsz" 'errno 22' ioeventfd raw 27 2 0 16 1 new
	gives "$1-flags" 'errno 22' ioeventfd raw 32 18 0 16 1 new
	gives "$1-two-sizes" 'errno 22' ioeventfd raw 32 3 0 16 1 new
	gives "$1-four-bytes" 'errno 22' ioeventfd raw 32 4 0 16 1 new
	gives "$1-offset" 'errno 22' ioeventfd raw 32 2 0 18 1 new
	gives "$1-data" 'errno 22' ioeventfd raw 32 2 0 16 65536 new
	gives "$1-fd" 'errno 22' ioeventfd raw 32 2 0 16 1 -2
	gives "$1-no-fd" 'errno 9' ioeventfd raw 32 2 0 16 1 999
	gives "$1-no-eventfd" 'errno 22' ioeventfd raw 32 2 0 16 1 0
	gives "$1-not-there" 'errno 19' ioeventfd remove 1
	gives "$1-config-space" 'errno 22' ioeventfd raw 32 2 7 16 1 new
	gives "$1-vfio-region" 'errno 19' ioeventfd raw 32 2 4 0 1 -1
}

# drops KIND WAY COUNT: a signal that must not reach the device.
drops() {
	gives "$1-off" 'ok 2' write 7 4 0400
	gives "$1-off-kick" 'ok -' kick 1
	gives "$1-on" 'ok 2' write 7 4 0500
	rings "$1-dropped" "$2" "$3"
}

# sleeps KIND WAY COUNT: runtime power management suspends the VF, and the signal wakes it.
is_suspended() { [ "$(cat "$pci/$vf/power/runtime_status")" = suspended ]; }
sleeps() {
	gives "$1-sleep" 'ok -' sleep
	check "$1-suspended" within event is_suspended
	gives "$1-wake" 'ok -' kick 1
	rings "$1-woken" "$2" "$3"
}

for pair in $WAYS; do
	kind=${pair%:*} way=${pair#*:}
	pf_release "$PF"
	must "$kind" outer set "$PF" notify-info "$kind"
	must "$kind-pf" pf_setup "$PF" "$PF_DRIVER" 1
	must "$kind-vf" vf_setup "$PF" 1 "$VF_DRIVER"
	vf=$(vf_bdf "$PF" 1)
	must "$kind-open" poke_open "$vf"
	gives "$kind-decode" 'ok 2' write 7 4 0500
	refused "$kind"
	gives "$kind-add" 'ok -' ioeventfd add 1
	gives "$kind-again" 'errno 17' ioeventfd add 1
	gives "$kind-other" 'ok -' ioeventfd add 0
	for number in 1 2 3; do
		gives "$kind-kick-$number" 'ok -' kick 1
		rings "$kind-$number" "$way" "$number"
	done
	gives "$kind-kick-other" 'ok -' kick 0
	rings "$kind-4" "$way" 4
	drops "$kind" "$way" 4
	gives "$kind-reset" 'ok -' reset
	gives "$kind-after-reset" 'ok -' kick 1
	rings "$kind-5" "$way" 5
	gives "$kind-kicks" 'ok -' kicks 1000 1
	check "$kind-only" only_doorbell "$PF" 1 "$way"
	gives "$kind-remove" 'ok -' ioeventfd remove 1
	gives "$kind-closed-fd" 'ok -' ioeventfd close 0
	gives "$kind-registered" 'errno 17' ioeventfd add 0
	gives "$kind-limit" 'ok 999:28' ioeventfd many 1001
	gives "$kind-add-2" 'errno 28' ioeventfd add 1
	poke_close

	# Nothing of it is left for the next user.
	count=$(rung "$way")
	must "$kind-reopen" poke_open "$vf"
	gives "$kind-decode-2" 'ok 2' write 7 4 0500
	gives "$kind-none-left" 'errno 19' ioeventfd remove 0
	gives "$kind-add-3" 'ok -' ioeventfd add 1
	rings "$kind-quiet" "$way" "$count"
	sleeps "$kind" "$way" $((count + 1))
	gives "$kind-last" 'ok -' kicks 100 1
	poke_close
	obeyed_spec "$kind-violations" "$PF"
done
outer set "$PF" notify-info member
