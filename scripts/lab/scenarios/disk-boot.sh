# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# Firmware finds a VF's disk and loads Linux from it, and that goes on with the same VF. The kernel's command line,
# which is a file on that disk, says which loader read it.

# What SeaBIOS says goes nowhere else (guests/seabios.conf).
not_booted() {
	[ ! -s /run/seabios.log ] || cat /run/seabios.log
	say "$(outer stat "$PF" members.1)"
}

must root root_mount "$ROOT"
must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must hide hide_modern "$PF" 1
check boot guest_start_by firmware 1 "$FIRMWARE" "$(vf_bdf "$PF" 1)" || { not_booted; exit 1; }
same loader "$LOADER" "$(guest 1 'sed -n "s/.*lab.loader=\([^ ]*\).*/\1/p" /proc/cmdline')"
check says grep -q "$SAYS" /run/guest.1/console
check legacy-driver legacy_driver 1
same read "$(outer back-end "${PF}n1.disk" 0 8388608)" "$(guest 1 'dd if=/dev/vda bs=1M count=8 2>/dev/null | sha256sum | cut -d" " -f1')"
say "commands by opcode: $(stat "$PF" members.1.opcodes), doorbells: $(doorbells "$PF" 1)"
obeyed_spec violations "$PF"
check end guest_stop 1
