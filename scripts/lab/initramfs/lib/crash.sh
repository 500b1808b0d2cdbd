# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# A crash of the host VM, after which its crash kernel goes on with the scenario: agent.sh begins with /lab/resume.

# crash_prepare SCENARIO: loads the host VM's own kernel for that, with what this initramfs has but the guests.
crash_prepare() {
	cp /run/settings /lab/settings || return 1
	echo "$GROUP.$1 $1" >/lab/resume
	cd / || return 1
	{
		printf '%s\n' proc sys run tmp dev dev/console
		find init bin sbin lib lib64 usr etc lab
	} | cpio -o -H newc >/run/crash.cpio 2>/run/cpio.log || { cat /run/cpio.log; return 1; }
	crash-kernel /lab/kernel /run/crash.cpio \
		"$(sed 's/crashkernel=[^ ]*//' /proc/cmdline) nr_cpus=1 reset_devices" || return 1
	rm /run/crash.cpio /lab/resume
	[ "$(cat /sys/kernel/kexec_crash_loaded)" = 1 ]
}

# crash: what the kernel says about it is no complaint.
crash() {
	sync
	echo 0 >/proc/sys/kernel/printk
	echo c >/proc/sysrq-trigger
}
