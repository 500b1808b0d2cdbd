# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# A guest's program drives a VF through uio_pci_generic, whose handler looks at Interrupt Status and sets Interrupt Disable.
# A link that goes down interrupts the program. The link's next change does so when Interrupt Disable is clear again.

device=/sys/bus/pci/devices/0000:00:04.0

# out OFFSET OCTAL: a byte to a register.
out() {
	guest 1 "port=\$((\$(head -n 1 $device/resource | cut -d' ' -f1))); printf '\\$2' | dd of=/dev/port bs=1 seek=\$((port + $1)) conv=notrunc 2>/dev/null"
}

# Memory, I/O and bus mastering on, Interrupt Disable clear.
enable() { guest 1 "printf '\\007\\000' | dd of=$device/config bs=2 seek=2 conv=notrunc 2>/dev/null"; }

interrupt_disabled() { [ "$(guest 1 "dd if=$device/config bs=1 skip=5 count=1 2>/dev/null | od -An -tu1 | tr -d ' '")" = 4 ]; }

# interrupts N: the program has read that count. Each read waits for the next interrupt.
interrupts() { [ "$(guest 1 "od -An -tu4 /tmp/count | tr -d ' '")" = "$1" ]; }
awaits() { guest 1 'rm -f /tmp/count; dd if=/dev/uio0 of=/tmp/count bs=4 count=1 >/dev/null 2>&1 &'; }

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
bdf=$(vf_bdf "$PF" 1)
must boot guest_start 1 nomsi "$bdf"
must module guest 1 'modprobe uio_pci_generic'
must unbind guest 1 "echo ${device##*/} >$device/driver/unbind"
must driver guest 1 "echo uio_pci_generic >$device/driver_override && echo ${device##*/} >/sys/bus/pci/drivers_probe && [ -e /dev/uio0 ]"
check enable enable
for status in 000 001 003 007; do check "status-$status" out 18 "$status"; done
same armed 'emulated armed 2' "$(intx_state "$bdf")"
signals=$(intx_signals "$bdf")

check awaits awaits
outer monitor set_link "${PF}n1" off
check down within event interrupts 1
check disabled interrupt_disabled
check again awaits
outer monitor set_link "${PF}n1" on
sleep 2
check not-yet guest 1 '[ ! -s /tmp/count ]'
same signals-disabled $((signals + 1)) "$(intx_signals "$bdf")"
check clear enable
check up within event interrupts 2
obeyed_spec violations "$PF"
check end guest_stop 1
