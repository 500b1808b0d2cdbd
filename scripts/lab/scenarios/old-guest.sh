# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# The lab's own old guest on VFs of four types. It never enables bus mastering, writes the status bits one by one, and
# once accesses registers with 32 bits and waits for interrupts. What it counts is what the device and the back ends count.

bdfs=''
for pf in $PFS; do
	must "$pf-pf" pf_setup "$pf" "$PF_DRIVER" 1
	must "$pf-vf" vf_setup "$pf" 1 "$VF_DRIVER"
	bdfs="$bdfs $(vf_bdf "$pf" 1)"
done

is_master() { [ $((0x$(setpci -s "$1" COMMAND) & 4)) != 0 ]; }

# as_device STEP PF TYPE QUEUE...: the device has done as many requests of these queues as the guest saw done.
as_device() {
	local _pf=$2 _queue _step=$1 _type=$3
	shift 3
	for _queue; do
		same "$_step-queue$_queue" "$(tiny_field 1 "$_type" "used$_queue")" "$(stat "$_pf" "members.1.used.$_queue")"
	done
}

for widths in natural wide-aligned; do
	words="count=$COUNT seed=7 upload=tiny-$widths"
	[ "$widths" = natural ] || words="$words $widths interrupts"
	# shellcheck disable=SC2086 # a list
	must "$widths" tiny_run 1 "$words" $bdfs
	for type in net blk console rng; do
		result=$(tiny_result 1 "$type")
		say "$type: $result"
		same "$widths-$type-requests" "$([ "$type" = blk ] && echo $((2 * COUNT)) || echo "$COUNT")" \
			"$(tiny_field 1 "$type" requests)"
	done
	for bdf in $bdfs; do check "$widths-master-$bdf" is_master "$bdf"; done
	as_device "$widths-net" "$NET" net 1
	same "$widths-net-frames" "$(tiny_field 1 net sent)" "$(tiny_field 1 net used1)"
	same "$widths-net-bytes" $((COUNT * 1000)) "$(tiny_field 1 net bytes)"
	as_device "$widths-blk" blk blk 0
	same "$widths-blk-data" "$(outer back-end-crc blkn1.disk 0 $((COUNT * 4096)))" "$(tiny_field 1 blk crc)"
	as_device "$widths-console" console console 5
	same "$widths-console-data" "$(outer upload-crc "tiny-$widths")" \
		"$(tiny_field 1 console bytes) $(tiny_field 1 console crc)"
	as_device "$widths-rng" rng rng 0
	same "$widths-rng-bytes" $((COUNT * 256)) "$(tiny_field 1 rng bytes)"
	# The guest waits for each request of these two.
	[ "$widths" = natural ] || same "$widths-interrupts" "$((2 * COUNT)) $COUNT" \
		"$(tiny_field 1 blk isr_queue) $(tiny_field 1 rng isr_queue)"
	check "$widths-end" tiny_end 1
done
for pf in $used_pfs; do obeyed_spec "$pf-violations" "$pf"; done
