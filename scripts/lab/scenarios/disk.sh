# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# A disk: its size, raw data seen from outside, a file system made, filled, remounted, and found by the next guest.

type_guest
must disk within event guest 1 "modprobe -q sd_mod; [ -b /dev/$DISK ]"
same capacity 131072 "$(guest 1 "cat /sys/block/$DISK/size")"
disk_raw guest 1 "$DISK" "${PF}n1.disk"
must filesystem disk_filesystem guest 1 "$DISK"
disk_verify remounted 1 "$DISK"
type_end
must next guest_start 2 legacy "$(vf_bdf "$PF" 1)"
must next-disk within event guest 2 "modprobe -q sd_mod; [ -b /dev/$DISK ]"
disk_verify next 2 "$DISK"
obeyed_spec next-violations "$PF"
check next-end guest_stop 2
