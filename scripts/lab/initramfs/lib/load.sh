# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the settings have SERVER_PORT
# Guests that move data for a while, and how much.

load_kib=1024

# load_begins NAME...: each of these guests downloads until it is told to stop, and keeps the checksums.
load_begins() {
	for _name; do
		guest "$_name" "rm -f /tmp/stop /tmp/sums; while [ ! -e /tmp/stop ]; do download $SERVER_PORT load$_name $load_kib >>/tmp/sums; done >/dev/null 2>&1 &"
	done
}

# load_ends STEP NAME...: they end, with data that are right.
load_ends() {
	local _step=$1
	shift
	for _name; do guest "$_name" 'touch /tmp/stop'; done
	for _name; do
		check "$_step-ended$_name" within transfer guest "$_name" '! pidof nc >/dev/null'
		same "$_step-data$_name" "$(outer digest "$load_kib")" "$(guest "$_name" 'sort -u /tmp/sums')"
	done
}

load_moved() { for _name; do moved "load$_name"; done | awk '{ sum += $1 } END { print sum + 0 }'; }

# load_rate STEP SECONDS NAME...: sets bytes_per_second of these guests together. Each moves data in every period.
load_rate() {
	local _begin _from _last _name _period=20 _seconds=$2 _step=$1 _until
	shift 2
	[ "$_seconds" -gt "$_period" ] || _period=$_seconds
	load_begins "$@"
	_begin=$(now) _from=$(load_moved "$@")
	_until=$((_begin + _seconds))
	while [ "$(now)" -lt "$_until" ]; do
		for _name; do _last=$(moved "load$_name"); eval "before$_name=$_last"; done
		sleep "$_period"
		for _name; do
			eval "_last=\$before$_name"
			[ "$(moved "load$_name")" -gt "$_last" ] || stop "$_step-moves$_name" "guest $_name moves no data"
		done
	done
	bytes_per_second=$((($(load_moved "$@") - _from) / ($(now) - _begin)))
	say "$_step: $bytes_per_second bytes a second"
	load_ends "$_step" "$@"
}

