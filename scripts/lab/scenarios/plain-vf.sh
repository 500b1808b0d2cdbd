# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# There are no legacy commands for the VF's driver: the VF works as a plain vfio-pci device, and the log says why, once.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must boot guest_start 1 modern "$(vf_bdf "$PF" 1)"
same identity '00:04.0 "0200" "1af4" "1041"' "$(guest 1 "lspci -mn -s 00:04.0" | cut -d' ' -f1-4)"
guest_online plain 1
guest_transfer plain 1 1
# The kernel's own variant driver does not say why.
[ -z "$REASON" ] || same said-once 1 "$(dmesg | grep -c "$(vf_bdf "$PF" 1).*$REASON")"
same no-commands 0 "$(commands "$PF" 1)"
obeyed_spec violations "$PF"
check end guest_stop 1
