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

# A sign of life each minute for a command whose output goes to a log.
_heartbeat() {
	local log=$1 what=$2 nap=
	trap 'kill "$nap" 2>/dev/null; exit 0' TERM
	while kill -0 $$; do
		sleep 60 &
		nap=$!
		wait "$nap"
		step "  still running: $what ($(wc -l <"$log") lines logged)"
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
