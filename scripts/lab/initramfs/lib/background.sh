# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Writes to sysfs that may take long or must be refused, and watching them.

# refused STEP COMMAND: fails at once because of the open guest.
refused() {
	local _begin _text
	_begin=$(now)
	if _text=$(sh -c "$2" 2>&1); then
		not_ok "$1" "was not refused"
	elif [ $(($(now) - _begin)) -gt "$(limit refusal)" ]; then
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
