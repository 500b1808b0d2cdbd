# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# QEMU shows a VF's MSI-X table in another BAR than the VF has it in. Drivers that expect it in BAR 1 need that for other VFs.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must boot guest_start 1 relocated "$(vf_bdf "$PF" 1)"
check legacy-driver legacy_driver 1
check table-moved guest 1 'lspci -vv -s 00:04.0 | grep -q "Vector table: BAR=3"'
check vectors-used guest 1 'lspci -vv -s 00:04.0 | grep -q "MSI-X: Enable+"'
guest_online guest 1
guest_transfer guest 1
check interrupts guest 1 'grep -q "MSIX.*virtio0" /proc/interrupts'
check end guest_stop 1
obeyed_spec violations "$PF"
