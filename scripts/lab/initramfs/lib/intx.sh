# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # pci.sh sets pci
# INTx: what the guest counts, and what the driver and the host's kernel say of it.

# intx_state BDF: setting, state and number of vectors.
intx_state() { cut -d' ' -f1-3 "$pci/$1/virtio_legacy/intx"; }

# intx_irqs BDF: interrupts of the device. intx_signals BDF: how often they asserted the line.
intx_irqs() { cut -d' ' -f4 "$pci/$1/virtio_legacy/intx"; }
intx_signals() { cut -d' ' -f5 "$pci/$1/virtio_legacy/intx"; }

# host_vectors NAME BDF: interrupt vectors of the host that a VF uses: of virtio_legacy-intx, or of vfio-msix.
host_vectors() { grep -c "$1\[.*($2)" /proc/interrupts; }

# guest_interrupts GUEST: those of its virtio devices, all processors together.
guest_interrupts() {
	guest "$1" "awk '/virtio/ { for (i = 2; \$i ~ /^[0-9]+\$/; i++) sum += \$i } END { print sum + 0 }' /proc/interrupts"
}

all_signals() { for _bdf; do intx_signals "$_bdf"; done | tr '\n' ' '; }
nth() { echo "$2" | cut -d' ' -f"$1"; }
sum_of() { echo "$1" | tr ' ' '\n' | awk '{ sum += $1 } END { print sum + 0 }'; }

# line_rests BDF...: no signal is on its way.
line_rests() {
	local _before
	_before=$(all_signals "$@")
	sleep 1
	[ "$_before" = "$(all_signals "$@")" ]
}

# begin_counting GUEST BDF...: for counted_line. The counters are read one after the other.
begin_counting() {
	local _guest=$1
	shift
	within event line_rests "$@"
	counting_guest=$(guest_interrupts "$_guest")
	counting_signals=$(all_signals "$@")
	counting_irqs=$(for _bdf; do intx_irqs "$_bdf"; done | tr '\n' ' ')
	counting_commands=$(for _bdf; do awk '{ sum += $2 } END { print sum + 0 }' "$pci/$_bdf/virtio_legacy/commands"; done | tr '\n' ' ')
}

# counted_line STEP GUEST NUMBER LINE BDF...: since then, of the VF of that number, which moved data: the device's
# interrupts asserted the line, the guest took an interrupt each time, and no access was a command. LINE: scenarios/intx-guest.sh.
counted_line() {
	local _bdf _guest _irqs _line=$4 _number=$3 _others _signals _step=$1
	_guest=$2
	shift 4
	check "$_step-rests" within event line_rests "$@"
	_guest=$(($(guest_interrupts "$_guest") - counting_guest))
	_bdf=$(nth "$_number" "$*")
	_signals=$(($(intx_signals "$_bdf") - $(nth "$_number" "$counting_signals")))
	_others=$(($(sum_of "$(all_signals "$@")") - $(sum_of "$counting_signals") - _signals))
	_irqs=$(($(intx_irqs "$_bdf") - $(nth "$_number" "$counting_irqs")))
	say "$_step: $_irqs interrupts of the device, $_signals signals, $_others of others, $_guest interrupts of the guest"
	check "$_step-irqs" test "$_irqs" -gt 0
	check "$_step-guest" test "$_guest" -gt 0 -a "$_guest" -le $((_signals + _others))
	[ "$_line" = qemu ] || check "$_step-taken" test "$_guest" -ge "$_signals"
	[ "$_line" != apic ] || check "$_step-signals" test "$_signals" -le "$_irqs"
	same "$_step-commands" "$(nth "$_number" "$counting_commands")" \
		"$(awk '{ sum += $2 } END { print sum + 0 }' "$pci/$_bdf/virtio_legacy/commands")"
}

# guest_leave GUEST: its end, also of a guest without ACPI, which can only reboot.
guest_leave() {
	qmp "$1" set-action '"reboot":"shutdown"' || return 1
	guest_send "$1" 'reboot -f'
	guest_ends "$1" || { guest_kill "$1"; return 1; }
	guest_forget "$1"
}
