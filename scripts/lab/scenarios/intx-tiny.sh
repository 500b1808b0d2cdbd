# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034,SC2154 # the library sets and uses variables
# The tiny guest on VFs of four types, with interrupts: 8259, Interrupt Line, no MSI-X, no bus mastering. What the
# device sent, the host got, the VMM was told and the guest's handler counted fit together. Then bad guests beside a good one.
# Variants: kvm, QEMU leaves INTx to KVM; slow, QEMU handles it; split, the 8259 are QEMU's, which must handle INTx then,
# because KVM can signal those interrupts to its own interrupt controllers only.

bdfs=''
for pf in $PFS; do
	must "$pf-pf" pf_setup "$pf" "$PF_DRIVER" 2
	for number in 1 2; do must "$pf-vf$number" vf_setup "$pf" "$number" "$VF_DRIVER"; done
	bdfs="$bdfs $(vf_bdf "$pf" 1)"
done

at_most() { [ "$1" -le "$2" ]; }

# counts_fit STEP PF TYPE: each number comes from the one before it, and may be lower where interrupts came together. QEMU
# takes each access of BAR0 for the end of the interrupt unless KVM handles it, so there may be more signals then.
counts_fit() {
	local _host _sent _signals _guest
	_sent=$(outer sum "$2" members.1.messages)
	_host=$(intx_irqs "$(vf_bdf "$2" 1)") _signals=$(intx_signals "$(vf_bdf "$2" 1)") _guest=$(tiny_counted 1 "$3" interrupts)
	say "$3: sent $_sent, host $_host, signals $_signals, guest $_guest, spurious $(tiny_counted 1 "$3" spurious)"
	check "$1-host" at_most "$_host" "$_sent"
	[ "$variant" != kvm ] || check "$1-signals" at_most "$_signals" "$_host"
	check "$1-guest" at_most "$_guest" "$_signals"
	check "$1-guest-host" at_most "$_guest" "$_host"
	check "$1-some" test "$_guest" -gt 0
}

for variant in $VARIANTS; do
	tiny_options='' tiny_device_options=''
	case $variant in
	slow) tiny_device_options=x-no-kvm-intx=on ;;
	split) tiny_options='-machine kernel-irqchip=split' tiny_device_options=x-no-kvm-intx=on ;;
	esac
	for pf in $PFS; do
		must "$variant-$pf-unbind" unbind "$(vf_bdf "$pf" 1)"
		must "$variant-$pf-bind" vf_setup "$pf" 1 "$VF_DRIVER"
		outer reset-stats "$pf"
	done
	# shellcheck disable=SC2086 # a list
	must "$variant" tiny_run 1 "count=$COUNT seed=7 upload=tiny-$variant interrupts" $bdfs
	for type in net blk console rng; do say "$type: $(tiny_result 1 "$type")"; done
	same "$variant-blk-requests" $((2 * COUNT)) "$(tiny_field 1 blk requests)"
	same "$variant-blk-data" "$(outer back-end-crc blkn1.disk 0 $((COUNT * 4096)))" "$(tiny_field 1 blk crc)"
	same "$variant-console-data" "$(outer upload-crc "tiny-$variant")" \
		"$(tiny_field 1 console bytes) $(tiny_field 1 console crc)"
	same "$variant-net-bytes" $((COUNT * 1000)) "$(tiny_field 1 net bytes)"
	# The guest waits for each request of these two.
	same "$variant-blk-interrupts" $((2 * COUNT)) "$(tiny_field 1 blk isr_queue)"
	same "$variant-rng-interrupts" "$COUNT" "$(tiny_field 1 rng isr_queue)"
	for type in blk rng; do same "$variant-$type-host" "$(outer sum "$type" members.1.messages)" "$(intx_irqs "$(vf_bdf "$type" 1)")"; done
	counts_fit "$variant-net" "$NET" net
	for type in blk console rng; do counts_fit "$variant-$type" "$type" "$type"; done
	check "$variant-end" tiny_end 1
done

# An interrupt costs no command: twice the requests, the same commands.
costs() {
	outer reset-stats rng
	must "commands-$1" tiny_run 1 "count=$1 types=rng interrupts" "$(vf_bdf rng 1)"
	check "commands-$1-end" tiny_end 1
	cost=$(commands rng 1)
}
tiny_options='' tiny_device_options=''
costs 16
few=$cost
costs 64
same commands-per-interrupt "$few" "$cost"

# BAD_SECONDS is less than the limit of a transfer, which bounds the wait of the bad guest for its own interrupt.
# beside BAD WORDS: a bad guest on one VF while a good one works on another.
beside() {
	must "$1-start" tiny_start 1 "types=rng interrupts count=$COUNT $2" "$(vf_bdf rng 1)"
	must "$1-neighbor" tiny_run 2 "types=rng interrupts count=1000" "$(vf_bdf rng 2)"
	check "$1-meanwhile" sh -c '! grep -q "^TINY done" /run/guest.1/console'
	same "$1-neighbor-interrupts" 1000 "$(tiny_field 2 rng isr_queue)"
	check "$1-neighbor-end" tiny_end 2
	must "$1-await" tiny_await 1
	say "$1: $(grep "^TINY" /run/guest.1/console | tr '\n' ' ')"
	same "$1-requests" "$COUNT" "$(tiny_field 1 rng requests)"
	check "$1-end" tiny_end 1
}
if [ "$BAD_SECONDS" != 0 ]; then
	beside unread "never-read-isr=$BAD_SECONDS"
	beside toggle "toggle=$BAD_SECONDS"
fi
for pf in $used_pfs; do obeyed_spec "$pf-violations" "$pf"; done
