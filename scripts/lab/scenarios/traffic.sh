# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# The short form: a legacy guest moves data; doorbells go the way this PF's properties ask for.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must boot guest_start 1 legacy "$(vf_bdf "$PF" 1)"
identity_as identity 1 "$GOLDEN"
check legacy-driver legacy_driver 1
outer fact guest "$(guest 1 'uname -r')"
guest_online guest 1
guest_transfer guest 1 "${KIB:-1024}"
say "doorbells: $(doorbells "$PF" 1)"
check doorbells only_doorbell "$PF" 1 "$DOORBELL"
counted_alike state "$PF" 1 "$(vf_bdf "$PF" 1)"
obeyed_spec violations "$PF"
check end guest_stop 1
