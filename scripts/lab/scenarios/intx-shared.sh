# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library and the settings have the variables; some text is for the guest
# Two VFs on one interrupt line of a guest without MSI-X, a network card and a serial line. Interrupt Disable of one stops it
# and leaves the other alone. It ends its transfer when the bit is clear again, with all data.

serial=/sys/bus/pci/devices/0000:00:08.0

# disable BYTE: the upper byte of the serial line's Command: 4 is Interrupt Disable.
disable() { guest 1 "printf '\\00$1' | dd of=$serial/config bs=1 seek=5 conv=notrunc 2>/dev/null"; }
downloads() { guest 1 "line_download $line masked 256 >/tmp/sum 2>&1 &"; }
has_sum() { guest 1 '[ -s /tmp/sum ]'; }

for pf in "$PF" console; do
	must "$pf-pf" pf_setup "$pf" "$PF_DRIVER" 1
	must "$pf-vf" vf_setup "$pf" 1 "$VF_DRIVER"
done
net=$(vf_bdf "$PF" 1) console=$(vf_bdf console 1)
must boot guest_start 1 nomsi-shared "$net" "$console"
same shared 1 "$(guest 1 'grep virtio0 /proc/interrupts | grep -c virtio1')"
guest_online guest 1
line=$(guest 1 'ls /dev/vport*p1')
line_transfer line 1 "$line" 256

check disable disable 4
signals=$(intx_signals "$console")
check begin downloads
sleep 2
check stopped guest 1 '[ ! -s /tmp/sum ]'
# Its interrupts have the guest look at ISR Status of both.
guest_transfer beside 1 1024
same no-signals "$signals" "$(intx_signals "$console")"
check enable disable 0
check goes-on within event has_sum
same data "$(outer digest 256)" "$(guest 1 'cat /tmp/sum')"
guest_transfer after 1
for pf in "$PF" console; do obeyed_spec "$pf-violations" "$pf"; done
check end guest_stop 1
