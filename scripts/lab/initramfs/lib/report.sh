# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Results, and requests to the runner outside the host VM.

say() {
	local _time
	read -r _time _ </proc/uptime
	echo "lab $_time: $*"
}

ok() {
	say "ok $1"
	echo "result ok $1" >&3
}

# not_ok NAME REASON
not_ok() {
	say "not ok $1: $2"
	echo "result not $1 $2" >&3
}

stop() {
	not_ok "$@"
	exit 1
}

# check NAME COMMAND...: one result from a command's status; the scenario goes on either way.
check() {
	local _name
	_name=$1
	shift
	if "$@"; then
		ok "$_name"
	else
		not_ok "$_name" "failed: $*"
		return 1
	fi
}

# must NAME COMMAND...: as check, but nothing after it makes sense without it.
must() { check "$@" || exit 1; }

# same NAME WANTED GOT
same() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "expected '$2', got '$3'"
		return 1
	fi
}

# outer REQUEST...: ask the runner; its answer on stdout, its status returned. In a process without children: if one ends
# while busybox reads a line of which a part has arrived, that part is lost.
outer() (
	until mkdir /run/channel.lock 2>/dev/null; do sleep 0.05; done
	echo "? $*" >&3
	read -r _word _status _lines <&3
	while [ "$_lines" -gt 0 ]; do
		IFS= read -r _line <&3
		printf '%s\n' "$_line"
		_lines=$((_lines - 1))
	done
	rmdir /run/channel.lock
	exit "$_status"
)
