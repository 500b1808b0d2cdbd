# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2046,SC2154 # a list of words; the library sets variables
# VFS guests start at once, and leave at once: vfio-storm plays the accesses of each. A VF whose accesses read ones fails.

must pf pf_setup "$PF" "$PF_DRIVER" "$VFS"
bind_all() { for bdf in $(vfs "$PF" 1 "$VFS"); do bind "$bdf" "$VF_DRIVER" || return 1; done; }
must vfs bind_all
check storm vfio-storm --trace "$traces/linux-net-bringup.txt" --undo "$traces/linux-net-removal.txt" \
	--rounds 2 --limit "$(limit tool)" storm $(vfs "$PF" 1 "$VFS")
same overdue 0 "$(cat "$pci/$(pf_bdf "$PF")/virtio_owner/timeouts")"
obeyed_spec violations "$PF"
