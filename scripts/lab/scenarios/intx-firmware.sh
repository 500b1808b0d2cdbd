# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# SeaBIOS boots from a VF's disk, a Linux without MSI-X, then one with it, then the first one again. Each moves data. The
# host's interrupt vectors are as many as are in use: two while INTx is, and the guest's own while MSI-X is.

bdf='' disk=${PF}n1.disk

# life STEP KIND: what Linux does in the guest, with or without MSI-X.
life() {
	local _sum
	same "$1-loader" syslinux "$(guest 1 'sed -n "s/.*lab.loader=\([^ ]*\).*/\1/p" /proc/cmdline')"
	check "$1-legacy" legacy_driver 1
	if [ "$2" = nomsi ]; then
		same "$1-state" 'emulated armed 2' "$(intx_state "$bdf")"
		same "$1-vectors" '2 0' "$(host_vectors virtio_legacy-intx "$bdf") $(host_vectors vfio-msix "$bdf")"
		begin_counting 1 "$bdf"
	else
		same "$1-state" 'emulated off 0' "$(intx_state "$bdf")"
		same "$1-vectors" "0 $(guest 1 'grep -c "MSIX.*virtio0" /proc/interrupts')" \
			"$(host_vectors virtio_legacy-intx "$bdf") $(host_vectors vfio-msix "$bdf")"
	fi
	same "$1-read" "$(outer back-end "$disk" 0 $((8 << 20)))" "$(guest 1 'dd if=/dev/vda bs=1M count=8 2>/dev/null | sum')"
	_sum=$(guest 1 'random_file /tmp/raw 1024 && dd if=/tmp/raw of=/dev/vda bs=1M seek=48 conv=fsync 2>/dev/null')
	same "$1-written" "$(outer back-end "$disk" $((48 << 20)) $((1 << 20)))" "$_sum"
	[ "$2" != nomsi ] || counted_line "$1" 1 1 apic "$bdf"
}

# reboots STEP KIND BOOTS
reboots() {
	must "$1-next" outer next-boot "$disk" "$2"
	guest_send 1 'reboot -f'
	must "$1-reboot" guest_ready 1 "$3" firmware
	life "$1" "$2"
}

must root root_mount "$ROOT"
must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
bdf=$(vf_bdf "$PF" 1)
must hide hide_modern "$PF" 1
must next outer next-boot "$disk" nomsi
check boot guest_start_by firmware 1 seabios "$bdf" || { cat /run/seabios.log; exit 1; }
life first nomsi
reboots second msix 2
reboots third nomsi 3
reboots fourth msix 4
check end guest_stop 1
same end-vectors '0 0' "$(host_vectors virtio_legacy-intx "$bdf") $(host_vectors vfio-msix "$bdf")"
must restore outer next-boot "$disk" msix
counted_alike state "$PF" 1 "$bdf"
obeyed_spec violations "$PF"
