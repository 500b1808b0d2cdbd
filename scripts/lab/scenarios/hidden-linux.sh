# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# A Linux guest that nobody tells to be a legacy one: on a VF without modern capabilities it is.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must hide hide_modern "$PF" 1
must boot guest_start 1 modern "$(vf_bdf "$PF" 1)"
check legacy-driver legacy_driver 1
outer fact guest "$(guest 1 'uname -r')"
guest_online guest 1
guest_transfer guest 1
say "commands by opcode: $(stat "$PF" members.1.opcodes), doorbells: $(doorbells "$PF" 1)"
counted_alike state "$PF" 1 "$(vf_bdf "$PF" 1)"
obeyed_spec violations "$PF"
check end guest_stop 1
