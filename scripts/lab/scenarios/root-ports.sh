# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034,SC2154,SC2016 # guests/*.conf and guest.sh use the settings; the library sets variables; some text is for the guest
# A guest on q35 with up to 24 VFs: how many I/O windows there are for root ports, with VFs that are there at the start and
# with VFs that are plugged in later, and three places that need fewer windows.

VFS=24 PORT_OPTIONS=''

# legacy_devices: virtio devices of the guest that have a legacy driver. A driver takes the modern interface if a VF has no I/O BAR.
legacy_devices() { guest 1 'grep -ls "^.\{32\}0" /sys/bus/virtio/devices/*/features | wc -l'; }
has_devices() { [ "$(legacy_devices)" = "$1" ]; }

# starts STEP KIND COUNT: a guest with the first COUNT VFs, all of which work. The first one moves data.
starts() {
	# shellcheck disable=SC2046 # a list
	must "$1-boot" guest_start 1 "$2" $(vfs "$PF" 1 "$3")
	same "$1-devices" "$3" "$(legacy_devices)"
	check "$1-link" guest 1 "link_up eth0 $(limit event)"
	same "$1-dhcp" 10.0.2.15 "$(guest_dhcp 1 eth0)"
	guest_transfer "$1" 1
	check "$1-end" guest_stop 1
}

# stops STEP COUNT: the firmware of a guest with so many ports stops, because they have not enough windows.
stops() {
	rm -f /run/seabios.log
	# shellcheck disable=SC2046 # a list
	guest_launch 1 root-ports $(vfs "$PF" 1 "$2")
	check "$1" within boot grep -qs 'PCI: out of I/O address space' /run/seabios.log
	guest_kill 1
}

# plugged STEP WINDOWS: VFs are plugged into the empty ports of a running guest. So many have an I/O BAR.
plugged() {
	must "$1-boot" guest_start 1 root-ports
	for number in $(seq "$PORTS"); do
		check "$1-plug$number" qmp 1 device_add \
			"\"driver\":\"vfio-pci\",\"host\":\"$(vf_bdf "$PF" "$number")\",\"id\":\"vf$number\",\"bus\":\"port$number\""
	done
	check "$1-found" within release has_devices "$2"
	# The rest would come soon, too.
	sleep 3
	same "$1-devices" "$2" "$(legacy_devices)"
	check "$1-end" guest_stop 1
}

all_setup $VFS
for PORTS in 1 14; do starts "cold-$PORTS" root-ports "$PORTS"; done
for PORTS in 15 $VFS; do stops "cold-$PORTS" "$PORTS"; done
PORTS=$VFS plugged hot-$VFS 14
PORT_OPTIONS=',io-reserve=4096'
PORTS=14 plugged hot-reserved-14 14
PORTS=15 stops hot-reserved-15 0
starts functions functions $VFS
starts pci-bridge pci-bridge $VFS
GUEST_OPTIONS='-machine q35'
starts root-bus legacy $VFS
obeyed_spec violations "$PF"
