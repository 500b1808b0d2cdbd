# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# As host-traffic.sh with disks: the PF stays the host VM's disk while a legacy guest has one of its VFs, and both
# write at the same time; what was written is compared with the files behind them.

type_guest
pf=$(pf_bdf "$PF") bdf=$(vf_bdf "$PF" 1)
same shown 'transitional block' "$(cat "$pci/$bdf/virtio_legacy/identity")"
same admin-queue in-tree "$(cat "$pci/$bdf/virtio_legacy/admin_queue")"
own=$(ls "$pci/$pf"/virtio*/block)
check host-disk test -b "/dev/$own"

# host_raw STEP MIB: 8 MiB of random data at that place of the host VM's disk.
host_raw() {
	local _sum
	_sum=$(random_file /tmp/raw 8192)
	check "$1-write" dd if=/tmp/raw of="/dev/$own" bs=1M seek="$2" conv=fsync
	same "$1-file" "$(outer back-end "$PF.disk" $(($2 << 20)) $((8 << 20)))" "$_sum"
	echo 3 >/proc/sys/vm/drop_caches
	same "$1-read" "$(dd if="/dev/$own" bs=1M skip="$2" count=8 2>/dev/null | sum)" "$_sum"
}

host_raw alone 0
before=$(commands "$PF" 1)
(
	guest 1 "for _ in 1 2 3 4; do random_file /tmp/raw 4096 && dd if=/tmp/raw of=/dev/$DISK bs=1M conv=fsync; done" >/dev/null
	guest 1 'for verb in unbind bind; do echo 0000:00:04.0 >/sys/bus/pci/drivers/virtio-pci/$verb; done'
) &
both=$!
host_raw meanwhile 16
host_raw once-more 32
wait "$both"
check commands test "$(commands "$PF" 1)" -gt $((before + 20))
disk_raw guest 1 "$DISK" "${PF}n1.disk"
type_end
host_raw after 48
same host-driver virtio-pci "$(driver_of "$pf")"
