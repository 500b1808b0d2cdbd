# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034,SC2046,SC2086,SC2154 # the end uses used_pfs, bench.sh storm; lists of words; the library sets variables
# A thousand VFs: what they take of memory, and how long it takes when a guest starts on each at once.

pfs='pf0 pf1 pf2 pf3'
each=250
bring_up=$traces/linux-net-bringup.txt
# The emulator runs one processor at a time. Clients on several would spin for each other's mutexes, which costs
# nothing where the owner runs meanwhile, and here stops it.
storm='taskset 1 vfio-storm'

# kernel_memory: in KiB, what the kernel cannot give back, without stacks and page tables of processes.
kernel_memory() {
	local _cache
	echo 3 >/proc/sys/vm/drop_caches
	for _cache in /sys/kernel/slab/*/shrink; do echo 1 >"$_cache"; done
	awk '/^(SUnreclaim|SecPageTables|Percpu):/ { sum += $2 } END { print sum }' /proc/meminfo
}

# memory SIDE STATE VFS BEFORE
memory() {
	outer record memory "side=$1" "state=$2" "{\"vfs\": $3, \"bytes\": $((($(kernel_memory) - $4) * 1024))}"
}

# all COUNT: so many VFs of each PF.
all() {
	local _pf
	for _pf in $pfs; do vfs "$_pf" 1 "$1"; done
}

bind_all() {
	local _bdf
	for _bdf in $(all $each); do bind "$_bdf" "$1" || return 1; done
}

# storms SIDE PER_PF: the removal between two of them is not measured. The first storm stands by itself: the kernel makes
# what is used for the first time, and our rules know nothing yet.
storms() {
	local _before _count=$((4 * $2)) _pf _record _time
	_before=$(kernel_memory)
	check "$_count-open" client_open a --trace "$bring_up" --undo "$traces/linux-net-removal.txt" storm $(all "$2") || return 1
	[ "$_count" -lt $((4 * each)) ] || memory "$1" opened "$_count" "$_before"
	check "$_count-first" client_round a "first-storm side=$1 vfs=$_count"
	for _time in $times; do
		for _pf in $pfs; do device_time "$_pf" ${_time%-*} ${_time#*-}; done
		_record="storm side=$1 vfs=$_count latency_us=${_time%-*} model=${_time#*-}"
		check "$_count-$_time" client_round a "$_record switching=counted"
		check "$_count-$_time-apart" client_round a "$_record switching=apart" apart
	done
	for _pf in $pfs; do device_time "$_pf" 0 pipelined; done
	check "$_count-end" client_close a
}

for pf in $pfs; do must "$pf" side_up "$SIDE" "$pf" 0; done
for pf in $pfs; do must "$pf-vfs" eval "echo $each >$pci/$(pf_bdf "$pf")/sriov_numvfs"; done
modprobe -q "$vf_driver"
before=$(kernel_memory)
must bound bind_all "$vf_driver"
memory "$SIDE" bound $((4 * each)) "$before"
for count in 25 250; do storms "$SIDE" $count; done
for pf in $pfs; do obeyed_spec "$pf-violations" "$pf"; done
# The emulator needs minutes to take a thousand VFs away. The host VM ends with them.
used_pfs=''
