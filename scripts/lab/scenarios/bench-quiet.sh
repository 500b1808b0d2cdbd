# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034,SC2046,SC2086,SC2154 # bench.sh uses storm, the end used_pfs; lists of words; the library sets variables
# One member's accesses while others of its PF make them without a pause. It has the processor as soon as it can run:
# what it waits for is the queue, not the scheduler of a machine with one processor. And it is quiet: it pauses for longer
# than a turn of all takes.

bring_up=$traces/plain-bringup.txt

# quiet HAMMERS TIME
quiet() {
	local _record="side=$SIDE hammer=$1 latency_us=${2%-*} model=${2#*-}"
	device_time pf0 ${2%-*} ${2#*-}
	if [ "$1" != 0 ]; then
		# A device is not another one while guests are busy: the owner sees it alone first, and then learns.
		client_round a "acquaintance $_record" || return 1
		client_begin b
		sleep 0.3
	fi
	[ "$SIDE" != ours ] || depth="depth=$(cat "$pci/$(pf_bdf pf0)/virtio_owner/current_depth")"
	client_round a "quiet $_record $depth" || return 1
	[ "$1" = 0 ] || client_end b "hammer-beside $_record"
}

must pf0 side_up "$SIDE" pf0 64
depth=''
storm='chrt -f 50 vfio-storm'
must open client_open a --trace "$bring_up" --classes read --samples 120 --pause-us 14000 latency "$(vf_bdf pf0 1)"
storm=vfio-storm
for hammers in 0 1 8 63; do
	[ $hammers = 0 ] || must "open-$hammers" client_open b --trace "$bring_up" --seconds 4 hammer $(vfs pf0 2 $((hammers + 1)))
	for time in $times; do check "$hammers-$time" quiet $hammers $time; done
	device_time pf0 0 pipelined
	[ $hammers = 0 ] || check "close-$hammers" client_close b
done
check close client_close a
obeyed_spec violations pf0
# As in bench-throughput.
used_pfs=''
