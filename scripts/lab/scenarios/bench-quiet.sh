# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034,SC2046,SC2086,SC2154 # bench.sh uses storm; lists of words; the library sets variables
# One member's accesses while others of its PF make them without a pause. It has the processor as soon as it can run:
# what it waits for is the queue, not the scheduler of a machine with one processor.

bring_up=$traces/plain-bringup.txt

# quiet SIDE HAMMERS TIME
quiet() {
	local _record="side=$1 hammer=$2 latency_us=${3%-*} model=${3#*-}"
	device_time pf0 ${3%-*} ${3#*-}
	[ "$2" = 0 ] || client_begin b
	client_round a "quiet $_record depth=$depth" || return 1
	[ "$2" = 0 ] || client_end b "hammer-beside $_record"
}

for side in ours in_tree; do
	must "$side" side_up $side pf0 64
	depth=$(cat /sys/module/virtio_owner/parameters/depth)
	storm='chrt -f 50 vfio-storm'
	must "open-$side" client_open a --trace "$bring_up" --classes read --samples 200 latency "$(vf_bdf pf0 1)"
	storm=vfio-storm
	for hammers in 0 1 8 63; do
		[ $hammers = 0 ] || must "open-$side-$hammers" client_open b --trace "$bring_up" --seconds 4 hammer $(vfs pf0 2 $((hammers + 1)))
		for time in $times; do check "$side-$hammers-$time" quiet $side $hammers $time; done
		device_time pf0 0 pipelined
		[ $hammers = 0 ] || check "close-$side-$hammers" client_close b
	done
	check "close-$side" client_close a
	obeyed_spec "violations-$side" pf0
	pf_release pf0
done
