# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# The owner lacks the legacy commands: its VFs work as plain vfio-pci devices, and the log says why, once.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must boot guest_start 1 modern "$(vf_bdf "$PF" 1)"
same identity '00:04.0 "0200" "1af4" "1041"' "$(guest 1 "lspci -mn -s 00:04.0" | cut -d' ' -f1-4)"
guest_online plain 1
guest_transfer plain 1 1
same said-once 1 "$(dmesg | grep -c "$(vf_bdf "$PF" 1).*$REASON")"
obeyed_spec violations "$PF"
check end guest_stop 1
