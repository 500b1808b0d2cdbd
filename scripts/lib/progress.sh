# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Progress lines and logged commands. Source this file; it has no effect alone.

# The first script of a chain starts the clock, its children share it.
: "${VLV_START:=$(date +%s)}"
export VLV_START

# step TEXT: one progress line on stderr, with the time since the start.
step() {
	local spent=$(($(date +%s) - VLV_START))
	printf '[%02d:%02d] %s\n' $((spent / 60)) $((spent % 60)) "$*" >&2
}

# die TEXT: say what is wrong and what to do about it, then leave.
die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# show_tail FILE [LINES]: the end of a log on stderr, marked as such.
show_tail() {
	printf -- '--- last lines of %s\n' "$1" >&2
	tail -n "${2:-40}" -- "$1" | sed 's/^/| /' >&2
	printf -- '---\n' >&2
}

# _last_line LOG: its last line that is not empty, printable, at most 100 characters.
_last_line() {
	local line
	line=$(tail -c 4096 -- "$1" | tr '\r' '\n' | sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' |
		LC_ALL=C tr -d '\000-\011\013-\037\177' | grep '[^[:space:]]' | tail -n 1) || line='nothing logged yet'
	printf '%s\n' "${line:0:100}"
}

# _heartbeat LOG WHAT: prints the last line of LOG each minute. The function waits on
# a pipe that has no writer: no child outlives it, and it needs no trap. (In bash, a
# trap that interrupts a command substitution of a function prints errors.)
_heartbeat() {
	local log=$1 what=$2 silent
	exec {silent}<> <(:)
	while kill -0 $$; do
		read -rt "${VLV_HEARTBEAT:-60}" -u "$silent" _ || true
		step "  still running: $what: $(_last_line "$log")"
	done
}

# run_logged LOG COMMAND...: output goes to LOG only; its tail is shown if the
# command fails, and the command's status returned.
run_logged() {
	local log=$1 status=0 beat
	shift
	: >"$log"
	_heartbeat "$log" "${1##*/}" </dev/null >/dev/null &
	beat=$!
	disown "$beat"
	"$@" >>"$log" 2>&1 || status=$?
	kill "$beat" 2>/dev/null || true
	if ((status != 0)); then
		printf 'failed with status %d: %s\n' "$status" "$*" >&2
		show_tail "$log"
	fi
	return "$status"
}
