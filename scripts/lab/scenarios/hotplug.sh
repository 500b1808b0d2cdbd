# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# device_add and device_del on a running guest, twice.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must boot guest_start 1 legacy
for round in first second; do
	must "$round-add" guest_plug 1 "$(vf_bdf "$PF" 1)" 6
	guest_online "$round" 1 6
	guest_transfer "$round" 1 1
	must "$round-del" guest_unplug 1 6
done
obeyed_spec violations "$PF"
check end guest_stop 1
