# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# A network card with two queue pairs and an MTU: each processor of the guest uses a pair of its own, and each pair
# has a network of its own, so data come back only by the pair that asked for them.

interrupts() { guest 1 "awk '/virtio0-$1/ { for (i = 2; i <= 3; i++) n += \$i } END { print n + 0 }' /proc/interrupts"; }

type_guest processors
same mtu "$MTU" "$(guest 1 'cat /sys/class/net/eth0/mtu')"
same pairs 'rx-0 rx-1 tx-0 tx-1' "$(guest 1 'cd /sys/class/net/eth0/queues && echo *')"
check link guest 1 "link_up eth0 $(limit event)"
for pair in 0 1; do
	before=$(interrupts "input.$pair")
	same "dhcp$pair" 10.0.2.15 "$(guest 1 "on_processor $pair dhcp eth0 $(limit event)")"
	same "download$pair" "$(outer digest 1024)" "$(guest_download 1 "pair$pair" 1024 "on_processor $pair")"
	check "interrupts$pair" test "$(interrupts "input.$pair")" -gt "$before"
done
type_end
