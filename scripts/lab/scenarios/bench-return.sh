# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library and the settings have the variables
# Time from the end of a pause of the device to the first command that it completes for a guest. HOWS says what becomes of
# the commands (Documentation/device.md), PAUSES how long the pauses are, in seconds. The owner is stalled at their end.

works='ok 525400aa0001'
pf=$pci/$(pf_bdf "$PF")/virtio_owner
state=''

# clock_ms: sets ms, since the host VM's boot. The unit of the clock is 10 ms.
clock_ms() {
	local _up
	read -r _up _ </proc/uptime
	ms=$((${_up%.*} * 1000 + 1${_up#*.} * 10 - 1000))
}

# reaches: whether an access reaches the device.
reaches() {
	local _answer
	poke read 0 20 6 >/run/answer
	read -r _answer </run/answer
	[ "$_answer" = "$works" ]
}

# pause HOW SECONDS: a guest accesses the device throughout. The pause begins after the last access that the device
# executes. While the runner handles the request, accesses without a pause keep the clock from jumping: an idle host VM's
# clock jumps from timer to timer.
pause() {
	local _end _request
	clock_ms
	outer set "$PF" pause "$1,$(($2 * 1000))" &
	_request=$!
	while reaches; do clock_ms; done
	_end=$((ms + $2 * 1000))
	wait "$_request" || return 1
	clock_ms
	while [ "$ms" -lt $((_end - 300)) ]; do
		reaches && return 1
		read -r state <"$pf/state"
		sleep 0.2
		clock_ms
	done
	until reaches; do
		usleep 20000
		clock_ms
		[ "$ms" -lt $((_end + 120000)) ] || return 1
	done
	clock_ms
	outer record return side=ours "how=$1" "pause=$2" "{\"ms\": $((ms - _end))}"
}

must pf pf_setup "$PF" virtio_owner 1
must vf vf_setup "$PF" 1 virtio_legacy_vfio_pci
must open poke_open "$(vf_bdf "$PF" 1)"
gives decode-on 'ok 2' write 7 4 0500
gives works "$works" read 0 20 6
for how in $HOWS; do
	for seconds in $PAUSES; do
		check "$how-$seconds" pause "$how" "$seconds"
		same "$how-$seconds-state" stalled "$state"
		# The pauses between the owner's tries begin with the shortest one again.
		sleep 61
	done
done
poke_close
obeyed_spec violations "$PF"
