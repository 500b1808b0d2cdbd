# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034 # guests/tiny.conf uses tiny_words; tiny_options and tiny_device_options are QEMU's
# The lab's own old guest (tiny/): it drives its devices once, tells what it did, and waits for a key.

# tiny_run NAME WORDS BDF...: runs a guest with these words on its command line, until it waits for the key.
tiny_run() { tiny_start "$@" && tiny_await "$1"; }

# tiny_start NAME WORDS BDF...: as tiny_run, without waiting.
tiny_start() {
	local _id=$1
	tiny_words="seconds=$(limit transfer) $2"
	shift 2
	guest_launch "$_id" tiny "$@"
}

tiny_await() {
	local _cause=gone _id=$1 _status=0
	# Each result is progress.
	await "$(limit boot)" --process "$(guest_process "$_id")" --until "/run/guest.$_id/console" '^TINY done' 1 \
		--counter "/run/guest.$_id/console" '^TINY ' || _status=$?
	[ "$_status" != 0 ] || return 0
	[ "$_status" != 4 ] || exit 2
	[ "$_status" != 1 ] || _cause=limit
	lost "$_id" $_cause 'did not end its work'
	cat "/run/guest.$_id/qemu.log"
	return 1
}

# tiny_result NAME TYPE: the line about a device of the type, without its beginning.
tiny_result() { tr -d '\r' <"/run/guest.$1/console" | sed -n "s/^TINY type=$2 //p"; }

# tiny_field NAME TYPE FIELD: a field of that line.
tiny_field() { tiny_result "$1" "$2" | tr ' ' '\n' | sed -n "s/^$3=//p"; }

# tiny_counted NAME TYPE FIELD: what its handler of a device of the type counted until the end.
tiny_counted() { tr -d '\r' <"/run/guest.$1/console" | sed -n "s/^TINY counted type=$2 //p" | tr ' ' '\n' | sed -n "s/^$3=//p"; }

# tiny_end NAME: gives it the key; its QEMU ends.
tiny_end() {
	printf q 1<>"/run/guest.$1/con.in"
	guest_ends "$1" || { guest_kill "$1"; return 1; }
	guest_forget "$1"
}
