# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2086,SC2154 # lists of words; the library sets variables
# Admin commands of recorded firmware, with our rules and without: the kernel's own driver serves no disks, and
# firmware uses the legacy interface only where the modern one is hidden. With our rules INTx is on, as VMMs have it.

requests=100

# played SIDE PF TRACE...: one after the other, on the first VF; the device counts from then on.
played() {
	local _options='' _pf=$2 _trace
	side_rules "$1"
	[ "$1" != ours ] || _options=--intx
	shift 2
	for _trace; do _options="$_options --trace $traces/$_trace.txt"; done
	outer reset-stats "$_pf"
	vfio-storm $_options once "$(vf_bdf "$_pf" 1)"
}

# counted WHAT SIDE PF TRACE
counted() { played "$2" "$3" "$4" && count "counters side=$2 what=$1" "$3" 1; }

# requested SIDE: requests to a disk, one after the other; what the initialisation before them costs is taken off.
requested() {
	local _alone _list='' _number
	for _number in $(seq $requests); do _list="$_list seabios-request"; done
	played "$1" blk seabios-blk || return 1
	_alone=$(commands blk 1)
	played "$1" blk seabios-blk $_list || return 1
	outer record requests "side=$1" "{\"requests\": $requests, \"commands\": $(($(commands blk 1) - _alone))}"
}

must net side_up ours ours 1
must blk side_up ours blk 1
for side in ours forward_all; do
	check "ipxe-$side" counted ipxe-net.open $side ours ipxe-net
	check "seabios-$side" counted seabios-blk.init $side blk seabios-blk
	check "requests-$side" requested $side
done
side_rules ours
obeyed_spec violations-net ours
obeyed_spec violations-blk blk
