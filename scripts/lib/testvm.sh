# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Boot the test kernel with some modules and one shell script. Source this file
# after progress.sh. KERNEL below is what scripts/testkernel/build prints.
#
#   testvm_root KERNEL WORK SCRIPT MODULE.ko...     makes WORK/root; add what you like
#   testvm_boot KERNEL WORK SECONDS                 runs it; WORK/console is the log
#
# SCRIPT runs as a part of init, with /proc, /sys, /dev and debugfs mounted and
# busybox's commands; modprobe knows the modules by name. When it has ended,
# init prints "testvm: end" and powers the machine off.

_testvm_init() {
	cat <<-'INIT'
		#!/bin/busybox sh
		/bin/busybox mkdir -p /proc /sys /dev /tmp /bin /sbin /usr/bin /usr/sbin
		/bin/busybox --install -s
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		mount -t devtmpfs dev /dev
		mount -t debugfs debugfs /sys/kernel/debug
		mount -t tmpfs tmpfs /tmp
		exec </dev/null >/dev/console 2>&1
		. /script
		echo "testvm: end"
		poweroff -f
	INIT
}

# Copy MODULE and all that it needs, as depmod sees it.
_testvm_modules() {
	local kernel=$1 root=$2 release all
	release=$(<"$kernel/release")
	shift 2
	all=$(mktemp -d)
	cp -a -- "$kernel/modules/lib" "$all/"
	mkdir -p "$all/lib/modules/$release/updates"
	cp -- "$@" "$all/lib/modules/$release/updates/"
	/sbin/depmod -b "$all" "$release"
	local module word file
	for module in "$@"; do
		module=${module##*/}
		while read -r word file _; do
			[[ $word == insmod ]] || continue
			mkdir -p "$root${file%/*}"
			cp -- "$all$file" "$root$file"
		done < <(/sbin/modprobe -d "$all" -S "$release" --ignore-install \
			--show-depends "${module%.ko}" | sed "s, $all/, /,")
	done
	cp -- "$all/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} \
		"$root/lib/modules/$release/"
	/sbin/depmod -b "$root" "$release"
	rm -rf -- "$all"
}

testvm_root() {
	local kernel=$1 work=$2 script=$3 root
	shift 3
	root=$work/root
	rm -rf -- "$root"
	mkdir -p "$root/bin"
	cp -- /bin/busybox "$root/bin/"
	_testvm_init >"$root/init"
	chmod 755 "$root/init"
	cp -- "$script" "$root/script"
	_testvm_modules "$kernel" "$root" "$@"
}

# Fails only if the machine did not end by itself in time.
testvm_boot() {
	local kernel=$1 work=$2 seconds=$3 status=0
	(cd "$work/root" && find . -print0 | cpio --quiet -0 -o -H newc) >"$work/initrd"
	timeout --kill-after=5 "$seconds" qemu-system-x86_64 -nodefaults -no-reboot \
		-display none -machine q35 -accel tcg,thread=multi -cpu EPYC -smp 2 -m 1G \
		-kernel "$kernel/vmlinux" -initrd "$work/initrd" \
		-append "console=ttyS0 panic=-1 oops=panic loglevel=7 mitigations=off ${TESTVM_APPEND-}" \
		-serial file:"$work/console" </dev/null >"$work/qemu.log" 2>&1 || status=$?
	if ((status == 124 || status == 137)); then
		printf 'the VM did not end within %s s\n' "$seconds" >&2
	elif ((status != 0)); then
		printf 'QEMU ended with status %d\n' "$status" >&2
		show_tail "$work/qemu.log"
	fi
	((status == 0)) || show_tail "$work/console"
	return "$status"
}
