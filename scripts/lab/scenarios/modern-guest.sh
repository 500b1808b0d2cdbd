# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library and the settings have the variables
# A guest with the modern driver. Its first VF is transitional. Each other one is plain for another reason, which our
# driver says once. All of them move data, one after the other: they have the same address.

must pf pf_setup "$PF" "$PF_DRIVER" 2
must vf vf_setup "$PF" 1 "$VF_DRIVER"
# The kernel's own variant driver knows no PF but virtio-pci's. It says nothing.
must variant vf_setup "$PF" 2 virtio_vfio_pci
must nolegacy-pf pf_setup "$WITHOUT_COMMANDS" "$PF_DRIVER" 1
must nolegacy-vf vf_setup "$WITHOUT_COMMANDS" 1 "$VF_DRIVER"
must in-tree-pf pf_setup "$ANCHOR" virtio-pci 1
must in-tree-vf vf_setup "$ANCHOR" 1 "$VF_DRIVER"
nolegacy=$(vf_bdf "$WITHOUT_COMMANDS" 1) in_tree=$(vf_bdf "$ANCHOR" 1)
must boot guest_start 1 modern "$(vf_bdf "$PF" 1)" "$(vf_bdf "$PF" 2)" "$nolegacy" "$in_tree"
same devices 4 "$(guest 1 netdevs | wc -l)"
same modern '' "$(guest 1 'grep -L "^.\{32\}1" /sys/bus/virtio/devices/*/features')"
same transitional-identity '"0200" "1af4" "1000"' "$(guest 1 'lspci -mn -s 00:04.0' | cut -d' ' -f2-4)"
slot=4
for name in transitional variant nolegacy in-tree; do
	[ "$name" = transitional ] ||
		same "$name-identity" '"0200" "1af4" "1041"' "$(guest 1 "lspci -mn -s 00:0$slot.0" | cut -d' ' -f2-4)"
	guest_online "$name" 1 "$slot"
	guest_transfer "$name" 1
	guest_offline 1 "$slot"
	slot=$((slot + 1))
done
said_once() { same "$1-said-once" 1 "$(dmesg | grep -c "$2.*$3")"; }
said_once nolegacy "$nolegacy" 'the device lacks the legacy admin commands'
said_once in-tree "$in_tree" "its PF's virtio-pci has no legacy admin commands"
for member in "$PF 2" "$WITHOUT_COMMANDS 1" "$ANCHOR 1"; do
	# shellcheck disable=SC2086 # PF and number
	same "no-commands-${member% *}" 0 "$(commands $member)"
done
for pf in "$PF" "$WITHOUT_COMMANDS" "$ANCHOR"; do obeyed_spec "$pf-violations" "$pf"; done
check end guest_stop 1
