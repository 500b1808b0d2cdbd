# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # wait.sh sets seconds
# Accesses to a VF straight through VFIO (tools/vfio-poke.c), without a guest.

# poke_open BDF: one device at a time.
poke_open() {
	local _answer
	rm -f /run/poke.in /run/poke.out
	mkfifo /run/poke.in /run/poke.out
	vfio-poke "$1" </run/poke.in >/run/poke.out 3<&- 6<&- 7<&- &
	poke_pid=$!
	exec 6>/run/poke.in 7</run/poke.out
	read -r _answer <&7
	[ "$_answer" = open ] || { say "vfio-poke: $_answer"; poke_close; return 1; }
}

# poke COMMAND...: prints the answer without its time; the time goes to poke_ms.
poke() {
	local _data _kind
	echo "$*" >&6
	read -r _kind _data poke_ms <&7 || { _kind=dead _data=0 poke_ms=0; }
	echo "$poke_ms" >/run/poke.ms
	echo "$_kind $_data"
}

# poke_for SECONDS EVERY COMMAND...: reads registers for that long, and runs COMMAND with a number after EVERY reads. Sets
# reads, longest (milliseconds of the longest one), and waits: how many took longer than the machine's slack.
poke_for() {
	local _end _every=$2 _ms
	clock
	_end=$((seconds + $1)) reads=0 longest=0 waits=0
	shift 2
	while [ "$seconds" -lt "$_end" ]; do
		poke read 0 20 6 >/dev/null
		read -r _ms </run/poke.ms
		[ "$_ms" -le "$longest" ] || longest=$_ms
		[ "$_ms" -lt "$SLACK_MS" ] || waits=$((waits + 1))
		reads=$((reads + 1))
		[ $((reads % _every)) != 0 ] || "$@" $((reads / _every))
		sleep 0.1
		clock
	done
	say "$reads reads, the longest $longest ms, $waits above $SLACK_MS ms"
}

poke_close() {
	[ -n "${poke_pid:-}" ] || return 0
	exec 6>&- 7<&-
	wait "$poke_pid"
	poke_pid=''
}

# gives STEP WANTED COMMAND...: the answer of one access.
gives() {
	local _step _wanted
	_step=$1 _wanted=$2
	shift 2
	same "$_step" "$_wanted" "$(poke "$@")"
}

# client_works STEP BDF: a recorded guest finds the VF's registers as they should be, and an access is counted.
client_works() {
	check "$1-client" client_plays "$2"
	must "$1-open" poke_open "$2"
	gives "$1-decode-on" 'ok 2' write 7 4 0500
	gives "$1-mac" 'ok 525400aa0001' read 0 20 6
	poke_close
}

client_plays() { vfio-storm --trace /lab/traces/linux-net-bringup.txt --undo /lab/traces/linux-net-removal.txt once "$1" >/run/client || { cat /run/client; return 1; }; }
