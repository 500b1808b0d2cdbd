# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034,SC2046,SC2086,SC2154 # the end uses used_pfs; lists of words; the library sets variables
# Accesses a second of many members, alone and beside a mute member. The client of the mute member accesses its registers
# every millisecond. MEASURE has words ORDER-LATENCY-MODEL-SECONDS. A device of the order "members" goes on past the mute
# member, and one of the order "arrival" stands still behind it.

trace=$traces/plain-bringup.txt
mute=$((MEMBERS + 1))
failed=0

# members SECONDS: opens a client for all of them but the mute one.
members() { client_open a --trace "$trace" --seconds $1 hammer $(vfs pf0 1 $MEMBERS); }

alone() {
	members $SECONDS_ALONE || return 1
	client_round a "beside side=no_mute $1" || return 1
	client_close a
}

# beside RECORD SECONDS ORDER: the mute member works until both clients are open.
beside() {
	local _status=0
	members $2 || return 1
	client_open b --trace "$trace" --seconds $2 --access "R(20, 4)" --pause-us 1000 hammer "$(vf_bdf pf0 $mute)" || return 1
	failed=$(failures $3)
	outer fault pf0 "any,$mute,stuck"
	client_begin b
	client_round a "beside side=ours $1" || _status=1
	client_end b "mute side=ours $1" || _status=1
	outer clear-fault pf0
	client_close a || _status=1
	client_close b || _status=1
	return $_status
}

# failures ORDER: of commands of the mute member. The timeouts do not count those that a reset of the queue ended, and
# the fault does not count those behind a command that has not ended.
failures() {
	case $1 in
	members) cat "$pci/$(vf_bdf pf0 $mute)/virtio_legacy/timeouts" ;;
	arrival) stat pf0 faults.stuck ;;
	esac
}

# The owner gave the member another chance 10 s after the first failure.
was_mute_again() { [ "$(failures $1)" -ge $((failed + 2)) ]; }

# compare NAME ORDER LATENCY MODEL SECONDS
compare() {
	local _record="vfs=$MEMBERS order=$2 latency_us=$3 model=$4"
	outer set pf0 admin-order $2
	device_time pf0 $3 $4
	check "$1-alone" alone "$_record"
	check "$1-beside" beside "$_record" $5 $2 && check "$1-mute" was_mute_again $2
	outer set pf0 admin-order arrival
	device_time pf0 0 pipelined
}

must pf0 side_up ours pf0 $mute
for words in $MEASURE; do compare ${words%-*} $(echo $words | tr - ' '); done
obeyed_spec violations pf0
# As in bench-throughput.
used_pfs=''
