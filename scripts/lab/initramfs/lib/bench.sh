# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034,SC2086,SC2154 # for scenarios; lists of words; pci.sh sets pci
# Measuring with vfio-storm. A side is "ours", "in_tree" (the kernel's own drivers for PF and VF), or "forward_all",
# which is ours without its rules.

traces=/lab/traces

# Latencies in microseconds, and which way the device is slow. One model after the other, as a device has but one: the
# owner learns how many commands are of use at once.
times='0-pipelined 20-pipelined 200-pipelined 20-serial 200-serial'

# side_up SIDE PF VFS: PF and all its VFs have the side's drivers, pf_driver and vf_driver.
side_up() {
	local _number
	case $1 in
	in_tree) pf_driver=virtio-pci vf_driver=virtio_vfio_pci ;;
	*) pf_driver=virtio_owner vf_driver=virtio_legacy_vfio_pci ;;
	esac
	pf_setup "$2" "$pf_driver" "$3" || return 1
	_number=0
	while [ "$_number" -lt "$3" ]; do
		_number=$((_number + 1))
		vf_setup "$2" "$_number" "$vf_driver" || return 1
	done
}

# side_rules SIDE: what the next open of a VF of ours finds.
side_rules() {
	local _value=0
	[ "$1" != forward_all ] || _value=1
	echo "$_value" >/sys/module/virtio_legacy_vfio_pci/parameters/forward_all
}

# device_time PF MICROSECONDS MODEL
device_time() {
	outer set "$1" latency-us "$2"
	outer set "$1" latency-model "$3"
}

# vfs PF FIRST LAST: their addresses.
vfs() {
	local _number
	for _number in $(seq "$2" "$3"); do vf_bdf "$1" "$_number"; done
}

# measure RECORD OPTIONS MODE DEVICE...: RECORD is the words of a record; each line but that of opening becomes one.
measure() {
	local _label=$1 _line
	shift
	if ! ${storm:-vfio-storm} "$@" >/run/storm.out 3<&-; then
		not_ok measure "vfio-storm: $(tail -n 1 /run/storm.out)"
		return 1
	fi
	while IFS= read -r _line; do
		case $_line in
		'{"mode": "open"'*) ;;
		*) outer record $_label "$_line" ;;
		esac
	done </run/storm.out
}

# Rounds of a client that opens its devices once. CLIENT is a or b: two can be open at a time.
client_fds() {
	case $1 in
	a) in=6 out=7 ;;
	b) in=8 out=9 ;;
	esac
}

# client_open CLIENT OPTIONS MODE DEVICE...
client_open() {
	local _client=$1 _line in out
	shift
	client_fds "$_client"
	rm -f "/run/client.$_client.in" "/run/client.$_client.out"
	mkfifo "/run/client.$_client.in" "/run/client.$_client.out"
	${storm:-vfio-storm} --wait --rounds 1000 "$@" <"/run/client.$_client.in" >"/run/client.$_client.out" \
		3<&- 6>&- 7<&- 8>&- 9<&- &
	echo $! >"/run/client.$_client.pid"
	eval "exec $in>/run/client.$_client.in $out</run/client.$_client.out"
	IFS= read -r _line <&$out
	case $_line in
	'{"mode": "open"'*) ;;
	*)
		not_ok measure "vfio-storm: $_line"
		return 1
		;;
	esac
}

# client_begin CLIENT [LINE]
client_begin() {
	local in out
	client_fds "$1"
	echo ${2-} >&$in
}

# client_end CLIENT RECORD: the round's result, with the words of a record.
client_end() {
	local _line in out
	client_fds "$1"
	IFS= read -r _line <&$out
	case $_line in
	*'"error"'* | '')
		not_ok measure "vfio-storm: $_line"
		return 1
		;;
	esac
	outer record $2 "$_line"
}

# client_round CLIENT RECORD [LINE]
client_round() { client_begin "$1" ${3-} && client_end "$1" "$2"; }

client_close() {
	local in out
	client_fds "$1"
	eval "exec $in>&- $out<&-"
	wait "$(cat "/run/client.$1.pid")"
}

# count RECORD PF MEMBER: accesses by command and waits of a VF since reset-stats.
count() { outer record-counters "$2" "$3" $1; }
