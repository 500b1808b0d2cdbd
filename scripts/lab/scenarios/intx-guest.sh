# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2086,SC2154,SC2016 # lists; the library and the settings have the variables; text for the guest
# A Linux guest without MSI-X, KIND says which, with a VF of each of TYPES: data both ways, unbind and rebind, and unless
# SHORT is set, reboot.
# Guest, driver and device count the same interrupts, and no ISR read is a command. LINE says how the guest's line works:
#   apic   one interrupt of the guest for each signal
#   pic    the 8259 ends an interrupt before its handler reads the ISR status, so that the line is asserted again
#   qemu   QEMU asserts the line, and each access of a BAR ends an interrupt: several signals may be one interrupt

rebind='for d in /sys/bus/pci/drivers/virtio-pci/0000:*; do b=${d##*/}; for v in unbind bind; do echo $b >${d%/*}/$v; done; done'

net_moves() { guest_transfer "$1" 1 "$KIB"; }

# The upper half of the disk.
blk_moves() {
	local _sum
	_sum=$(guest 1 "random_file /tmp/raw $KIB && dd if=/tmp/raw of=/dev/vda bs=1M seek=32 conv=fsync 2>/dev/null && rm /tmp/raw")
	same "$1-written" "$(outer back-end blkn1.disk $((32 << 20)) $((KIB << 10)))" "$_sum"
	same "$1-read" "$_sum" "$(guest 1 "echo 3 >/proc/sys/vm/drop_caches; dd if=/dev/vda bs=1M skip=32 count=$((KIB / 1024)) 2>/dev/null | sum")"
}

rng_moves() { entropy "$1" 1; }
console_moves() { line_transfer "$1" 1 "$(guest 1 'ls /dev/vport*p1')" "$KIB"; }

# each_moves STEP: one type after the other.
each_moves() {
	local _number=0 _pf _type
	for _pf in $TYPES; do
		_number=$((_number + 1))
		_type=$_pf
		[ "$_pf" != "$NET" ] || _type=net
		begin_counting 1 $bdfs
		"${_type}_moves" "$1-$_type"
		counted_line "$1-$_type" 1 "$_number" "$LINE" $bdfs
	done
}

# armed STEP: each VF has its two vectors, and none of MSI-X.
armed() {
	local _bdf
	for _bdf in $bdfs; do
		same "$1-state-$_bdf" "emulated armed 2" "$(intx_state "$_bdf")"
		same "$1-vectors-$_bdf" 2 "$(host_vectors virtio_legacy-intx "$_bdf")"
		same "$1-msix-$_bdf" 0 "$(host_vectors vfio-msix "$_bdf")"
	done
}

online() {
	check "$1-link" guest 1 "link_up eth0 $(limit event)"
	same "$1-dhcp" 10.0.2.15 "$(guest_dhcp 1 eth0)"
}

bdfs=''
for pf in $TYPES; do
	must "$pf-pf" pf_setup "$pf" "$PF_DRIVER" 1
	must "$pf-vf" vf_setup "$pf" 1 "$VF_DRIVER"
	bdfs="$bdfs $(vf_bdf "$pf" 1)"
done
for bdf in $bdfs; do same "unused-$bdf" 'emulated closed 0' "$(intx_state "$bdf")"; done
must boot guest_start 1 "$KIND" $bdfs
same devices "$(echo $TYPES | wc -w)" "$(guest 1 'ls /sys/bus/virtio/devices | wc -l')"
same legacy '' "$(guest 1 'grep -L "^.\{32\}0" /sys/bus/virtio/devices/*/features')"
same no-msix '' "$(guest 1 'grep -i msi /proc/interrupts')"
online first
armed first
each_moves first

must rebind guest 1 "$rebind"
online rebound
armed rebound
KIB=1024 each_moves rebound

if [ -z "${SHORT:-}" ]; then
	guest_send 1 'reboot -f'
	must reboot guest_ready 1 2
	online rebooted
	armed rebooted
	KIB=1024 each_moves rebooted
fi
say "guest's interrupts: $(guest 1 'grep virtio /proc/interrupts')"

check end guest_leave 1
for bdf in $bdfs; do
	same "end-state-$bdf" 'emulated closed 0' "$(intx_state "$bdf")"
	same "end-vectors-$bdf" 0 "$(host_vectors virtio_legacy-intx "$bdf")"
done
for pf in $TYPES; do
	counted_alike "$pf-state" "$pf" 1 "$(vf_bdf "$pf" 1)"
	obeyed_spec "$pf-violations" "$pf"
done
