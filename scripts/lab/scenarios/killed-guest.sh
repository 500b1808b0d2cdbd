# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# A guest killed in mid-transfer, and the next guest on the same VF.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
bdf=$(vf_bdf "$PF" 1)
must boot guest_start 1 legacy "$bdf"
guest_online first 1
guest_send 1 "download $SERVER_PORT"
sleep 0.5
check killed guest_kill 1
must next guest_start 2 legacy "$bdf"
guest_online second 2
guest_transfer second 2
obeyed_spec violations "$PF"
check end guest_stop 2
