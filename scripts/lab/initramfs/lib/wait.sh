# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the settings have WAIT_*
# Waiting. A wait names its kind; vmlab/waits.py has all kinds and passes their limits on as WAIT_KIND, in seconds of
# this machine.

# limit KIND: its seconds.
limit() { eval "echo \"\${WAIT_$1:?there is no such kind of wait}\""; }

# clock: sets seconds, since the host VM's boot. A command substitution would cost a process.
clock() {
	read -r seconds _ </proc/uptime
	seconds=${seconds%.*}
}

now() { clock; echo "$seconds"; }

# within KIND COMMAND...: try until it succeeds.
within() {
	local _end _limit
	_limit=$(limit "$1") || exit 2
	shift
	clock
	_end=$((seconds + _limit))
	until "$@"; do
		clock
		[ "$seconds" -lt "$_end" ] || return 1
		sleep 0.1
	done
}

# ends_within STEP KIND COMMAND...: the command succeeds, and within that time. Kinds of this are promises of the drivers.
ends_within() {
	local _begin _limit _step
	_step=$1
	_limit=$(limit "$2") || exit 2
	shift 2
	clock
	_begin=$seconds
	if ! "$@"; then
		not_ok "$_step" "failed: $*"
		return 1
	fi
	clock
	if [ $((seconds - _begin)) -le "$_limit" ]; then
		ok "$_step"
	else
		not_ok "$_step" "took $((seconds - _begin)) s, limit $_limit s"
	fi
}

# promised MILLISECONDS: what the drivers promise in their own time, and the slack of this machine.
promised() { echo $(($1 + SLACK_MS)); }

# The time in milliseconds, in steps of 10.
now_ms() {
	local _now _
	read -r _now _ </proc/uptime
	echo $((${_now%.*} * 1000 + 1${_now#*.} * 10 - 1000))
}

# moved TRANSFER: bytes of it that the server outside has sent or received.
moved() { outer moved "$1"; }

moves() { [ "$(moved "$1")" -gt 0 ]; }

# settles KIND COUNTER COMMAND...: runs COMMAND, which waits for an event for some seconds and returns 1 if it did not
# come, until it returns anything else. Fails once COUNTER has not grown for the kind's limit.
settles() {
	local _counter=$2 _last=-1 _limit _moment _new _status
	_limit=$(limit "$1") || exit 2
	shift 2
	clock
	_moment=$seconds
	while :; do
		_status=0
		"$@" || _status=$?
		[ "$_status" = 1 ] || return "$_status"
		_new=$($_counter)
		clock
		if [ "$_new" -gt "$_last" ]; then
			_last=$_new _moment=$seconds
		elif [ $((seconds - _moment)) -ge "$_limit" ]; then
			return 1
		fi
	done
}
