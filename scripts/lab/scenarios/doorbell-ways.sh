# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# Every kind of NOTIFY_INFO answer (WAYS says which way each must lead to): traffic flows, and the device counted doorbells the right way only.
# One guest serves all: the VF is plugged into it anew for each kind.

must pf pf_setup "$PF" "$PF_DRIVER" 0
must boot guest_start 1 legacy
for pair in $WAYS; do
	kind=${pair%:*} way=${pair#*:}
	pf_release "$PF"
	must "$kind" outer set "$PF" notify-info "$kind"
	must "$kind-pf" pf_setup "$PF" "$PF_DRIVER" 1
	must "$kind-vf" vf_setup "$PF" 1 "$VF_DRIVER"
	must "$kind-add" guest_plug 1 "$(vf_bdf "$PF" 1)" 6
	guest_online "$kind" 1 6
	guest_transfer "$kind" 1
	say "$kind: $(doorbells "$PF" 1)"
	check "$kind-doorbells" only_doorbell "$PF" 1 "$way"
	must "$kind-del" guest_unplug 1 6
	obeyed_spec "$kind-violations" "$PF"
done
outer set "$PF" notify-info member
check end guest_stop 1
