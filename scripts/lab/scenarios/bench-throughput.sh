# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2046,SC2086,SC2154 # lists of words; the library sets variables
# Accesses a second, of so many VFs that make one after the other without a pause.

# hammers SIDE QUEUE VFS DEVICE...: one opening for all times.
hammers() {
	local _count=$3 _name _queue=$2 _side=$1 _time
	shift 3
	check "$_side-$_count-queue$_queue" client_open a --trace "$traces/plain-bringup.txt" --seconds 1 hammer "$@" || return 1
	for _time in $times; do
		_name="$_side-$_count-queue$_queue-$_time"
		device_time pf0 ${_time%-*} ${_time#*-}
		device_time pf1 ${_time%-*} ${_time#*-}
		check "$_name" client_round a "hammer side=$_side vfs=$_count queue=$_queue latency_us=${_time%-*} model=${_time#*-}"
	done
	check "$_side-$_count-queue$_queue-end" client_close a
	device_time pf0 0 pipelined
	device_time pf1 0 pipelined
}

for side in ours in_tree; do
	must "$side" side_up $side pf0 255
	must "$side-32" side_up $side pf1 64
	for count in 1 8 64; do hammers $side 64 $count $(vfs pf0 1 $count); done
	hammers $side 64 256 $(vfs pf0 1 255) $(vfs pf1 1 1)
	hammers $side 32 64 $(vfs pf1 1 64)
	for pf in pf0 pf1; do
		obeyed_spec "violations-$side-$pf" $pf
		pf_release $pf
	done
done
