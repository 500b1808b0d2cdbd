# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Guests: started with Debian's own QEMU, spoken to through their second serial port, watched through QMP.

# guest_start NAME KIND BDF...: boot a guest with these VFs as its only devices (KIND is a file in guests/).
guest_start() {
	guest_launch "$@" || return 1
	guest_ready "$1" 1
}

guest_launch() {
	local _bdf _devices _id _kind _slot
	_id=$1 _kind=$2
	shift 2
	guest_prepare "$_id" "$_kind"
	_devices='' _slot=4
	for _bdf; do
		_devices="$_devices -device vfio-pci,host=$_bdf,id=vf$((_slot - 3)),addr=$(printf '0x%x' "$_slot")${device_options:+,$device_options}"
		_slot=$((_slot + 1))
	done
	say "guest $_id ($_kind) starts with $*"
	set --
	[ -z "$kernel" ] || set -- -kernel "/guest/$GUEST_KERNEL/$kernel" -initrd "$initramfs" -append "$append"
	# shellcheck disable=SC2086 # option lists
	qemu-system-x86_64 -nodefaults -no-user-config -display none -machine pc,accel=kvm -cpu host,-xsave -m "$memory" \
		-chardev "file,id=con,path=$guest_dir/console,append=on" -serial chardev:con \
		-chardev "pipe,id=ctl,path=$guest_dir/ctl" -serial chardev:ctl \
		-chardev "pipe,id=qmp,path=$guest_dir/qmp" -mon chardev=qmp,mode=control \
		$options $_devices "$@" 3<&- >"$guest_dir/qemu.log" 2>&1 &
	guest_follow "$_id" $! ctl qmp
}

# guest_prepare NAME KIND: its pipes and files in guest_dir, and what guests/KIND.conf says in append, memory, ...
guest_prepare() {
	local _pipe
	guest_dir=/run/guest.$1
	rm -rf "$guest_dir"
	mkdir -p "$guest_dir"
	for _pipe in ctl qmp; do mkfifo "$guest_dir/$_pipe.in" "$guest_dir/$_pipe.out"; done
	: >"$guest_dir/console"
	echo 0 >"$guest_dir/seq"
	append='' memory=192 options='' device_options='' kernel=vmlinux initramfs=/guest/$GUEST_KERNEL/initramfs
	# shellcheck source=/dev/null
	. "/lab/guests/$2.conf"
	append="console=ttyS0 quiet loglevel=5 panic=1 mitigations=off no_timer_check $append"
}

# guest_follow NAME PROCESS PIPE...: collect what comes out of it.
guest_follow() {
	local _id _pipe
	_id=$1
	echo "$2" >"$guest_dir/pid"
	shift 2
	for _pipe; do (exec 3<&-; cat "$guest_dir/$_pipe.out" >"$guest_dir/$_pipe.log") & done
	(exec 3<&-; tail -n +1 -f "$guest_dir/console" | awk -v p="guest $_id| " '{ print p $0; fflush() }' >/dev/console) &
	echo $! >"$guest_dir/tail"
	guests="${guests:-} $_id"
}

guest_alive() {
	local _state
	_state=$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$(cat "/run/guest.$1/pid")/status" 2>/dev/null)
	[ -n "$_state" ] && [ "$_state" != Z ]
}

guest_gone() { ! guest_alive "$1"; }

guest_boots() { grep -c '^READY' "/run/guest.$1/ctl.log" 2>/dev/null; }

panicked() { grep -q 'Kernel panic' "/run/guest.$1/console"; }

booted() { ! guest_alive "$1" || panicked "$1" || [ "$(guest_boots "$1")" -ge "$2" ]; }

# lost NAME WHY: a guest that nobody ended is gone, or silent. Nothing more is asked of it.
lost() {
	say "guest $1 $2"
	touch "/run/guest.$1/mute"
	echo "lost guest $1 $2" >&3
}

# guest_ready NAME BOOTS: wait until it has booted so many times.
guest_ready() {
	if within "${GUEST_BOOT_LIMIT:-240}" booted "$1" "$2" && guest_alive "$1" && ! panicked "$1"; then
		# Only now: before QEMU has opened the pipe a line would be lost.
		[ "$2" != 1 ] || printf '{"execute":"qmp_capabilities"}\n' 1<>"/run/guest.$1/qmp.in"
		return 0
	fi
	lost "$1" 'did not boot'
	say "guest $1's QEMU said:"
	cat "/run/guest.$1/qemu.log"
	return 1
}

# guest NAME COMMAND: run it in the guest; its output on stdout, its status returned.
guest() {
	local _boots _dir _seq _status
	_dir=/run/guest.$1
	_seq=$(($(cat "$_dir/seq") + 1))
	echo "$_seq" >"$_dir/seq"
	[ ! -e "$_dir/mute" ] || return 124
	_boots=$(guest_boots "$1")
	printf '%s %s\n' "$_seq" "$2" 1<>"$_dir/ctl.in"
	if ! within "${GUEST_LIMIT:-60}" guest_answered "$1" "$_seq" "$_boots" || ! grep -q "^X $_seq " "$_dir/ctl.log"; then
		lost "$1" "did not answer: $2"
		return 124
	fi
	sed -n "s/^O $_seq //p" "$_dir/ctl.log"
	_status=$(sed -n "s/^X $_seq //p" "$_dir/ctl.log")
	return "${_status:-125}"
}

guest_answered() {
	grep -q "^X $2 " "/run/guest.$1/ctl.log" || [ "$(guest_boots "$1")" != "$3" ] || ! guest_alive "$1"
}

# guest_send NAME COMMAND: as guest, without waiting.
guest_send() {
	local _seq
	_seq=$(($(cat "/run/guest.$1/seq") + 1))
	echo "$_seq" >"/run/guest.$1/seq"
	printf '%s %s\n' "$_seq" "$2" 1<>"/run/guest.$1/ctl.in"
}

# guest_done NAME NUMBER: that line has been executed; the last one's number is in the file seq.
guest_done() { grep -q "^X $2 " "/run/guest.$1/ctl.log"; }

# qmp NAME COMMAND [ARGUMENTS]: status from the answer of the guest's QEMU.
qmp() {
	local _dir _line _seq
	_dir=/run/guest.$1
	_seq=$(($(cat "$_dir/seq") + 1))
	echo "$_seq" >"$_dir/seq"
	printf '{"execute":"%s","arguments":{%s},"id":"q%s"}\n' "$2" "${3:-}" "$_seq" 1<>"$_dir/qmp.in"
	within 30 grep -q "\"id\": \"q$_seq\"" "$_dir/qmp.log" || return 1
	_line=$(grep "\"id\": \"q$_seq\"" "$_dir/qmp.log")
	case $_line in *'"error"'*) say "qmp $2: $_line"; return 1 ;; esac
}

qmp_event() { grep -q "\"event\": \"$2\"" "/run/guest.$1/qmp.log"; }

guest_kill() {
	kill -9 "$(cat "/run/guest.$1/pid")" 2>/dev/null
	within 20 guest_gone "$1"
	guest_forget "$1"
}

# guest_stop NAME: a normal end; the QEMU must leave by itself. One that does not is killed: what comes next waits for its VFs.
guest_stop() {
	guest_send "$1" 'poweroff -f'
	if within 30 guest_gone "$1"; then
		guest_forget "$1"
		return 0
	fi
	guest_kill "$1"
	return 1
}

guest_forget() {
	local _child _left _one _tail
	_left=''
	sleep 1.1 # the console's follower looks once a second
	_tail=$(cat "/run/guest.$1/tail")
	for _child in $(cat "/proc/$_tail/task/$_tail/children" 2>/dev/null) "$_tail"; do kill "$_child" 2>/dev/null; done
	for _one in ${guests:-}; do [ "$_one" = "$1" ] || _left="$_left $_one"; done
	guests=$_left
}

guests_end() {
	local _end_id
	for _end_id in ${guests:-}; do
		[ ! -s "/run/guest.$_end_id/qemu.log" ] || sed "s/^/qemu $_end_id: /" "/run/guest.$_end_id/qemu.log"
		guest_kill "$_end_id"
	done
}

# guest_plug GUEST BDF SLOT: device_add on the running guest; there once the guest has its network device.
guest_plug() {
	echo "slot$3" >>"/run/guest.$1/plugged"
	qmp "$1" device_add "\"driver\":\"vfio-pci\",\"host\":\"$2\",\"id\":\"slot$3\",\"addr\":\"$(printf 0x%x "$3")\"" &&
		within 20 has_device "$1" "$3"
}

# guest_unplug GUEST SLOT: device_del; done once the guest has let go of the device.
guest_unplug() {
	qmp "$1" device_del "\"id\":\"slot$2\"" && within 30 has_none "$1" "$2" && within 20 guest_released "$1" "slot$2"
}

# guest_released GUEST DEVICE: its QEMU has closed it, as often as it was plugged in.
guest_released() {
	[ "$(grep -c "DEVICE_DELETED.*\"device\": \"$2\"" "/run/guest.$1/qmp.log")" -ge "$(grep -c "^$2$" "/run/guest.$1/plugged")" ]
}
