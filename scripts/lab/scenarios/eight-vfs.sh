# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# One guest with eight VFs: each device is its own member, shown by the device's counters.

must pf pf_setup "$PF" "$PF_DRIVER" 8
bdfs=''
for n in 1 2 3 4 5 6 7 8; do
	must "vf$n" vf_setup "$PF" "$n" "$VF_DRIVER"
	bdfs="$bdfs $(vf_bdf "$PF" "$n")"
done
# shellcheck disable=SC2086 # a list
must boot guest_start 1 legacy $bdfs
same devices 8 "$(guest 1 netdevs | wc -l)"
all_counts() { for k in 1 2 3 4 5 6 7 8; do commands "$PF" "$k"; done | tr '\n' ' '; }
for n in 1 2 3 4 5 6 7 8; do
	slot=$(printf '0000:00:%02x.0' $((n + 3)))
	same "mac$n" "52:54:00:aa:00:0$n" "$(guest 1 "cat /sys/bus/pci/devices/$slot/virtio*/net/*/address")"
	before=$(all_counts)
	guest 1 "for verb in unbind bind; do echo $slot >/sys/bus/pci/drivers/virtio-pci/\$verb; done"
	after=$(all_counts)
	changed='' k=0
	for old in $before; do
		k=$((k + 1))
		[ "$old" = "$(echo "$after" | cut -d' ' -f$k)" ] || changed="$changed$k"
	done
	same "alone$n" "$n" "$changed"
done
name=$(guest 1 'ls /sys/bus/pci/devices/0000:00:0b.0/virtio*/net')
check link8 guest 1 "link_up $name $(limit event)"
same dhcp8 10.0.2.15 "$(guest_dhcp 1 "$name")"
same download8 "$(outer digest "$usual_kib")" "$(guest_download 1 eighth)"
obeyed_spec violations "$PF"
check end guest_stop 1
