# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Writes to sysfs that may take long or must be refused, and watching them.

# refused STEP COMMAND: fails at once because of the open guest.
refused() {
	local _begin _text
	_begin=$(now)
	if _text=$(sh -c "$2" 2>&1); then
		not_ok "$1" "was not refused"
	elif [ $(($(now) - _begin)) -gt 3 ]; then
		not_ok "$1" "took $(($(now) - _begin)) s to be refused"
	else
		case $_text in
		*[Bb]usy* | *"in use"* | *"temporarily unavailable"*) ok "$1" ;;
		*) not_ok "$1" "refused for another reason: $_text" ;;
		esac
	fi
}

# refuses STEP REASON VALUE FILE: a write that must fail, for this reason.
refuses() {
	local _text
	if _text=$(sh -c "echo '$3' >$4" 2>&1); then
		not_ok "$1" "was not refused"
	else
		case $_text in
		*"$2"*) ok "$1" ;;
		*) not_ok "$1" "refused for another reason: $_text" ;;
		esac
	fi
}

# start_writing VALUE FILE: in the background; its process in writer.
start_writing() {
	(exec 3<&- 6>&- 7<&-; echo "$1" >"$2") &
	writer=$!
}

written() {
	local _state
	_state=$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$writer/status" 2>/dev/null)
	[ -z "$_state" ] || [ "$_state" = Z ]
}

still_writing() { ! written; }

# takes_at_most STEP SECONDS COMMAND...
takes_at_most() {
	local _begin _limit _step _took
	_step=$1 _limit=$2 _begin=$(now)
	shift 2
	if ! "$@"; then
		not_ok "$_step" "failed: $*"
		return 1
	fi
	_took=$(($(now) - _begin))
	if [ "$_took" -le "$_limit" ]; then
		ok "$_step"
	else
		not_ok "$_step" "took $_took s, limit $_limit s"
	fi
}
