# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Roots: other Debian systems on disks of this host VM (roots/*.toml), whose programs run by chroot.

# root_mount NAME: at /roots/NAME, with this machine's devices, modules and guests in it, until the host VM ends.
root_mount() {
	local _at _disk _dir
	_at=/roots/$1
	! grep -q " $_at " /proc/mounts || return 0
	modprobe -q crc32c_generic
	modprobe -a virtio_blk ext4 || return 1
	_disk=$(grep -lx "$1" /sys/block/vd*/serial) || return 1
	_disk=${_disk%/serial}
	mkdir -p "$_at"
	mount -t ext4 "/dev/${_disk##*/}" "$_at" || return 1
	for _dir in proc sys dev run lib/modules guest; do
		mkdir -p "$_at/$_dir"
		mount -o rbind "/$_dir" "$_at/$_dir" || return 1
	done
}
