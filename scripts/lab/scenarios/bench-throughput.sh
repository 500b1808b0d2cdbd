# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034,SC2046,SC2086,SC2154 # the end uses used_pfs; lists of words; the library sets variables
# Accesses a second, of so many VFs that make one after the other without a pause.

# hammers QUEUE VFS DEVICE...: one opening for all times.
hammers() {
	local _count=$2 _name _queue=$1 _time
	shift 2
	check "$_count-queue$_queue" client_open a --trace "$traces/plain-bringup.txt" --seconds 1 hammer "$@" || return 1
	for _time in $times; do
		_name="$_count-queue$_queue-$_time"
		device_time pf0 ${_time%-*} ${_time#*-}
		device_time pf1 ${_time%-*} ${_time#*-}
		check "$_name" client_round a "hammer side=$SIDE vfs=$_count queue=$_queue latency_us=${_time%-*} model=${_time#*-}"
	done
	check "$_count-queue$_queue-end" client_close a
	device_time pf0 0 pipelined
	device_time pf1 0 pipelined
}

must pf0 side_up "$SIDE" pf0 255
must pf1 side_up "$SIDE" pf1 64
for count in 1 8 64; do hammers 64 $count $(vfs pf0 1 $count); done
hammers 64 256 $(vfs pf0 1 255) $(vfs pf1 1 1)
hammers 32 64 $(vfs pf1 1 64)
for pf in pf0 pf1; do obeyed_spec "violations-$pf" $pf; done
# The emulator takes minutes and gigabytes to take so many VFs away. The host VM ends with them.
used_pfs=''
