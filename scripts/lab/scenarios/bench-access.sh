# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2086,SC2154 # lists of words; the library sets variables
# Instructions and latency of single accesses, ours and in-tree in turn.

bring_up=$traces/linux-net-bringup.txt
poll=/sys/module/virtio_owner/parameters/poll_us

# play SIDE DMA PF: a recorded bring-up; the second time, what it needs is in the caches.
play() { measure "play side=$1 dma=$2 latency_us=0 model=pipelined" --trace "$bring_up" once "$(vf_bdf "$3" 1)"; }

# latency SIDE DMA PF MICROSECONDS MODEL POLL: the host VM's sign of life makes up to 17 samples slow, which is more than
# 1 % of the usual 1,000.
latency() {
	device_time "$3" "$4" "$5"
	measure "latency side=$1 dma=$2 latency_us=$4 model=$5 poll=$6" --trace "$bring_up" --samples 3000 latency "$(vf_bdf "$3" 1)"
}

for side in ours in_tree; do
	must "$side-translated" side_up $side $side 1
	must "$side-direct" side_up $side ${side}_direct 1
done
polling=$(cat $poll)
for round in 1 2 3; do
	for side in ours in_tree; do
		check "play-$side-$round" play $side translated $side
		check "play-$side-direct-$round" play $side direct ${side}_direct
	done
done
for time in '0 pipelined' '20 pipelined' '20 serial' '200 pipelined' '200 serial'; do
	for side in ours in_tree; do
		check "latency-$side-$(echo $time | tr ' ' -)" latency $side translated $side $time on
	done
done
echo 0 >$poll
for side in ours in_tree; do
	check "instructions-$side" latency $side translated $side 0 pipelined off
	check "instructions-$side-direct" latency $side direct ${side}_direct 0 pipelined off
done
echo "$polling" >$poll
for side in ours in_tree; do
	obeyed_spec "violations-$side" $side
	obeyed_spec "violations-$side-direct" ${side}_direct
done
