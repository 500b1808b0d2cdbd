# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Guests: started with Debian's own QEMU, spoken to through their second serial port, watched through QMP.

# guest_start NAME KIND BDF...: boot a guest with these VFs as its only devices (KIND is a file in guests/). GUEST_OPTIONS are
# more options of QEMU.
guest_start() { guest_start_by boot "$@"; }

# guest_start_by WAIT NAME KIND BDF...: as guest_start; WAIT is the kind of wait for the boot.
guest_start_by() {
	local _wait=$1
	shift
	guest_launch "$@" && guest_ready "$1" 1 "$_wait"
}

guest_launch() {
	local _bdf _devices _id _kind _number
	_id=$1 _kind=$2
	shift 2
	guest_prepare "$_id" "$_kind"
	_devices='' _number=1
	for _bdf; do
		_devices="$_devices -device vfio-pci,host=$_bdf,id=vf$_number,$(guest_place "$_number")${device_options:+,$device_options}"
		_number=$((_number + 1))
	done
	say "guest $_id ($_kind) starts with $*"
	set --
	case $kernel in
	'') ;;
	/*) set -- -kernel "$kernel" -append "$append" ;;
	*) set -- -kernel "/guest/$GUEST_KERNEL/$kernel" -initrd "$initramfs" -append "$append" ;;
	esac
	# shellcheck disable=SC2086 # option lists
	qemu-system-x86_64 -nodefaults -no-user-config -display none -machine pc,accel=kvm -cpu host,-xsave -m "$memory" \
		-chardev "pipe,id=con,path=$guest_dir/con" -serial chardev:con \
		-chardev "pipe,id=ctl,path=$guest_dir/ctl" -serial chardev:ctl \
		-chardev "pipe,id=qmp,path=$guest_dir/qmp" -mon chardev=qmp,mode=control \
		$options ${GUEST_OPTIONS:-} $_devices "$@" 3<&- 6<&- 7<&- >"$guest_dir/qemu.log" 2>&1 &
	guest_follow "$_id" $! ctl qmp
}

# guest_prepare NAME KIND: its pipes and files in guest_dir, and what guests/KIND.conf says in append, memory, ...
# guest_place NUMBER prints where that VF is: on the root bus from slot 4 on, unless the file has another one.
guest_prepare() {
	local _pipe
	guest_dir=/run/guest.$1
	rm -rf "$guest_dir"
	mkdir -p "$guest_dir"
	for _pipe in con ctl qmp; do mkfifo "$guest_dir/$_pipe.in" "$guest_dir/$_pipe.out"; done
	: >"$guest_dir/console"
	echo 0 >"$guest_dir/seq"
	arguments=$GUEST_ARGUMENTS append='' memory=192 options='' device_options='' kernel=vmlinux initramfs=/guest/$GUEST_KERNEL/initramfs
	# VFIO pins all of it. The small kernel needs no more.
	[ "$GUEST_KERNEL" != guest ] || memory=96
	guest_place() { printf 'addr=0x%x' $(($1 + 3)); }
	# shellcheck source=/dev/null
	. "/lab/guests/$2.conf"
	append="$arguments $append"
}

# guest_follow NAME PROCESS PIPE...: collect what comes out of it. A client that is open (poke.sh) ends with its pipes.
guest_follow() {
	local _id _pipe
	_id=$1
	echo "$2" >"$guest_dir/pid"
	shift 2
	for _pipe; do (exec 3<&- 6<&- 7<&-; cat "$guest_dir/$_pipe.out" >"$guest_dir/$_pipe.log") & done
	(exec 3<&- 6<&- 7<&-; exec awk -v prefix="guest $_id| " -v file="$guest_dir/console" \
		'{ print prefix $0; fflush(); print >>file; fflush(file) }' <"$guest_dir/con.out" >/dev/console) &
	echo $! >"$guest_dir/follower"
	guests="${guests:-} $_id"
}

guest_process() { cat "/run/guest.$1/pid"; }

# A process that has ended, and that its parent has not noticed yet, is gone.
guest_alive() {
	local _state=Z
	read -r _ _ _state _ 2>/dev/null <"/proc/$(guest_process "$1")/stat"
	[ "$_state" != Z ]
}

guest_gone() { ! guest_alive "$1"; }

# lost NAME CAUSE WHY: a guest that was not ended by a step is gone (CAUSE is "gone") or stands still ("limit"). Nothing
# more is asked of it. Stacks of blocked tasks show whether it stands still in a driver of ours: vmlab/trouble.py.
lost() {
	say "guest $1 $3"
	echo w >/proc/sysrq-trigger
	touch "/run/guest.$1/mute"
	echo "lost $2 guest $1 $3" >&3
}

# guest_ready NAME BOOTS [KIND]: wait until it has booted so many times. Each boot stage that its init reports is progress.
guest_ready() {
	local _dir=/run/guest.$1 _cause=gone _status=0
	await "$(limit "${3:-boot}")" --process "$(guest_process "$1")" --until "$_dir/ctl.log" '^READY' "$2" \
		--unless "$_dir/console" 'Kernel panic' 1 --counter "$_dir/ctl.log" '^STAGE ' || _status=$?
	if [ "$_status" = 0 ]; then
		# Only now: before QEMU has opened the pipe a line would be lost.
		[ "$2" != 1 ] || printf '{"execute":"qmp_capabilities"}\n' 1<>"$_dir/qmp.in"
		echo "$2" >"$_dir/boots"
		return 0
	fi
	[ "$_status" != 4 ] || exit 2
	[ "$_status" != 1 ] || _cause=limit
	lost "$1" $_cause "did not boot; its last stage: $(sed -n 's/^STAGE //p' "$_dir/ctl.log" | tail -n 1)"
	say "guest $1's QEMU said:"
	cat "$_dir/qemu.log"
	return 1
}

# guest NAME COMMAND: run it in the guest; its output on stdout, its status returned.
guest() {
	guest_ask "$1" "$2" &&
		guest_reply "$1" "$2" guest_answers "$(limit command)"
}

# guest_moving NAME TRANSFER COMMAND: runs a command that moves data over a network. The wait lasts as long as the server
# outside counts more bytes of TRANSFER.
guest_moving() {
	guest_ask "$1" "$3" &&
		guest_reply "$1" "$3" settles transfer "moved $2" guest_answers 1
}

# guest_ask NAME COMMAND: sends it, unless the guest is lost; its number in guest_seq.
guest_ask() {
	local _dir=/run/guest.$1
	guest_send "$1" "$2"
	[ ! -e "$_dir/mute" ] || return 124
}

# guest_reply NAME COMMAND WAIT...: WAIT takes the guest's name, and the number of a question. It prints the output.
guest_reply() {
	local _cause=gone _command=$2 _dir=/run/guest.$1 _name=$1 _seq=$guest_seq _status=0
	shift 2
	"$@" "$_name" "$_seq" || _status=$?
	if [ "$_status" != 0 ]; then
		[ "$_status" != 4 ] || exit 2
		[ "$_status" != 1 ] || _cause=limit
		lost "$_name" $_cause "did not answer: $_command"
		return 124
	fi
	read -r _status <"$_dir/status.$_seq"
	return "${_status:-125}"
}

# guest_answers SECONDS NAME NUMBER: 0 it has answered, 1 not in that time, 2 it is gone, 3 it has booted anew.
guest_answers() {
	local _boots _dir=/run/guest.$2 _process
	read -r _process <"$_dir/pid"
	read -r _boots <"$_dir/boots"
	await "$1" --process "$_process" --reply "$_dir/ctl.log" "$3" "$_dir/status.$3" \
		--unless "$_dir/ctl.log" '^READY' $((_boots + 1))
}

# guest_send NAME COMMAND: as guest, without waiting; the command's number in guest_seq.
guest_send() {
	local _dir=/run/guest.$1
	read -r guest_seq <"$_dir/seq"
	guest_seq=$((guest_seq + 1))
	echo "$guest_seq" >"$_dir/seq"
	printf '%s %s\n' "$guest_seq" "$2" 1<>"$_dir/ctl.in"
}

# guest_done NAME NUMBER: that line has been executed; the last one's number is in the file seq.
guest_done() { grep -q "^X $2 " "/run/guest.$1/ctl.log"; }

# qmp NAME COMMAND [ARGUMENTS]: status from the answer of the guest's QEMU.
qmp() {
	local _dir=/run/guest.$1 _line _seq
	read -r _seq <"$_dir/seq"
	_seq=$((_seq + 1))
	echo "$_seq" >"$_dir/seq"
	printf '{"execute":"%s","arguments":{%s},"id":"q%s"}\n' "$2" "${3:-}" "$_seq" 1<>"$_dir/qmp.in"
	await "$(limit command)" --process "$(guest_process "$1")" --until "$_dir/qmp.log" "\"id\": \"q$_seq\"" 1 || return 1
	_line=$(grep "\"id\": \"q$_seq\"" "$_dir/qmp.log")
	case $_line in *'"error"'*) say "qmp $2: $_line"; return 1 ;; esac
}

# qmp_awaits NAME KIND EVENT: QEMU reports it.
qmp_awaits() {
	await "$(limit "$2")" --process "$(guest_process "$1")" --until "/run/guest.$1/qmp.log" "\"event\": \"$3\"" 1
}

# guest_ends NAME: its QEMU ends by itself in time.
guest_ends() {
	await "$(limit end)" --process "$(guest_process "$1")"
	[ $? = 2 ]
}

guest_kill() {
	local _status=0
	kill -9 "$(guest_process "$1")" 2>/dev/null
	guest_ends "$1" || _status=1
	guest_forget "$1"
	return $_status
}

# guest_stop NAME: a normal end; the QEMU must leave by itself. One that does not is killed: what comes next waits for its VFs.
guest_stop() {
	guest_send "$1" 'poweroff -f'
	if guest_ends "$1"; then
		guest_forget "$1"
		return 0
	fi
	guest_kill "$1"
	return 1
}

# The follower ends when it has read all that QEMU wrote to the pipe.
guest_forget() {
	local _left='' _one
	await "$(limit event)" --process "$(cat "/run/guest.$1/follower")"
	[ $? = 2 ] || kill "$(cat "/run/guest.$1/follower")"
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
		within release has_device "$1" "$3"
}

# guest_unplug GUEST SLOT: device_del; done once the guest has let go of the device.
guest_unplug() {
	qmp "$1" device_del "\"id\":\"slot$2\"" && within release has_none "$1" "$2" && within release guest_released "$1" "slot$2"
}

# guest_released GUEST DEVICE: its QEMU has closed it, as often as it was plugged in.
guest_released() {
	[ "$(grep -c "DEVICE_DELETED.*\"device\": \"$2\"" "/run/guest.$1/qmp.log")" -ge "$(grep -c "^$2$" "/run/guest.$1/plugged")" ]
}
