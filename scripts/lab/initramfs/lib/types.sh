# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2016 # some text is for the guest
# What guests do with devices that are no network cards.

# type_guest [KIND]: a guest on the first VF of PF; what it sees is as in the golden file, its driver is a legacy one.
type_guest() {
	must pf pf_setup "$PF" "$PF_DRIVER" 1
	must vf vf_setup "$PF" 1 "$VF_DRIVER"
	must boot guest_start 1 "${1:-legacy}" "$(vf_bdf "$PF" 1)"
	identity_as identity 1 "$GOLDEN"
	check legacy-driver legacy_driver 1
}

# type_end: the guest is ended; nothing was done wrongly, and the drivers' own counters agree.
type_end() {
	say "commands by opcode: $(stat "$PF" members.1.opcodes), doorbells: $(doorbells "$PF" 1)"
	check doorbells only_doorbell "$PF" 1 "$DOORBELL"
	counted_alike state "$PF" 1 "$(vf_bdf "$PF" 1)"
	obeyed_spec violations "$PF"
	check end guest_stop 1
}

# disk_raw STEP GUEST DISK FILE: what the guest writes to a place of the disk stands there in the file behind it.
disk_raw() {
	local _sum
	_sum=$(guest "$2" "random_file /tmp/raw 1024 && dd if=/tmp/raw of=/dev/$3 bs=1M seek=48 conv=fsync 2>/dev/null && rm /tmp/raw")
	same "$1-raw" "$(outer back-end "$4" $((48 << 20)) $((1 << 20)))" "$_sum"
}

# disk_filesystem STEP GUEST DISK: a new file system below the raw place, a file in it; the checksum goes to disk_sum.
disk_filesystem() {
	check "$1-mkfs" guest "$2" "mke2fs -F /dev/$3 40960" &&
		check "$1-mount" guest "$2" "mkdir -p /mnt && mount -t ext2 /dev/$3 /mnt" || return 1
	disk_sum=$(guest "$2" 'random_file /mnt/file 256')
	check "$1-umount" guest "$2" 'umount /mnt'
}

# disk_verify STEP GUEST DISK: the file is still the same; read from the disk, because nothing is mounted before.
disk_verify() {
	check "$1-mount" guest "$2" "mkdir -p /mnt && mount -t ext2 /dev/$3 /mnt" || return 1
	same "$1-file" "$disk_sum" "$(guest "$2" 'sum </mnt/file')"
	check "$1-umount" guest "$2" 'umount /mnt'
}

# line_transfer STEP GUEST LINE KIB: bytes both ways, checksums of both ends equal.
line_transfer() {
	same "$1-in" "$(outer digest "$4")" "$(guest_moving "$2" "$1-$2-in" "line_download $3 $1-$2-in $4")"
	check "$1-data" guest "$2" "upload_data $4"
	same "$1-out" "$(guest_moving "$2" "$1-$2-out" "line_upload $3 $1-$2-out $4")" "$(outer upload "$1-$2-out")"
}

# entropy STEP GUEST: bytes that do not compress and do not repeat.
entropy() {
	same "$1-source" virtio_rng.0 "$(guest "$2" 'cat /sys/class/misc/hw_random/rng_current')"
	same "$1-length" 4096 "$(guest "$2" 'dd if=/dev/hwrng bs=512 count=8 iflag=fullblock 2>/dev/null | wc -c')"
	check "$1-incompressible" test "$(guest "$2" 'dd if=/dev/hwrng bs=512 count=8 iflag=fullblock 2>/dev/null | gzip | wc -c')" -ge 4096
}

# folder_transfer STEP GUEST TAG: a file of the folder outside is read, another one is written.
folder_transfer() {
	check "$1-mount" guest "$2" "mkdir -p /share && mount -t 9p -o trans=virtio,version=9p2000.L $3 /share" || return 1
	same "$1-read" "$(outer back-end "$3/data")" "$(guest "$2" 'sum </share/data')"
	same "$1-write" "$(guest "$2" 'random_file /share/written 256')" "$(outer back-end "$3/written")"
	check "$1-umount" guest "$2" 'umount /share'
}

has_pages() { [ "$(stat "$1" "members.$2.actual")" = "$3" ]; }

# balloon_size STEP PF MEMBER PAGES: the device asks for so many, the driver gives them.
balloon_size() {
	outer set "$2" member-pages "$4"
	check "$1" within release has_pages "$2" "$3" "$4"
}
