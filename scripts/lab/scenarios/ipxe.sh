# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# iPXE, started as a kernel, loads another one over a VF, and that kernel goes on with the same VF.

must root root_mount "$ROOT"
must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must hide hide_modern "$PF" 1
must boot guest_start_by firmware 1 ipxe "$(vf_bdf "$PF" 1)"
check says grep -q iPXE /run/guest.1/console
check loader guest 1 'grep -q lab.loader=ipxe /proc/cmdline'
check legacy-driver legacy_driver 1
guest_online guest 1
guest_transfer guest 1
say "commands by opcode: $(stat "$PF" members.1.opcodes), doorbells: $(doorbells "$PF" 1)"
counted_alike state "$PF" 1 "$(vf_bdf "$PF" 1)"
obeyed_spec violations "$PF"
check end guest_stop 1
