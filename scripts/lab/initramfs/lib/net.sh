# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # pci.sh sets pci
# Traffic of a guest or of the host VM, checked from both ends.

# in_slot GUEST [SLOT]: the network device in a slot (4, the first VF's, unless told).
in_slot() { guest "$1" "netdev_at $(printf %02x "${2:-4}")"; }
has_device() { [ -n "$(in_slot "$@")" ]; }
has_none() { ! has_device "$@"; }

only_device() { [ "$(guest "$1" netdevs | wc -l)" = 1 ]; }

# guest_online STEP GUEST [SLOT]: link and address.
guest_online() {
	local _address _dev
	_dev=$(in_slot "$2" "${3:-4}")
	check "$1.link" guest "$2" "link_up $_dev" || return 1
	_address=$(guest "$2" "dhcp $_dev")
	same "$1.dhcp" 10.0.2.15 "$_address"
}

# guest_transfer STEP GUEST [MIB]: 16 MiB or MIB each way, checksums of both ends equal.
guest_transfer() {
	local _sent _sum
	_sum=$(guest "$2" "download $SERVER_PORT ${3:-16}")
	same "$1.download" "$(outer digest "${3:-16}")" "$_sum"
	_sent=$(guest "$2" "upload $SERVER_PORT $1-$2 ${3:-16}")
	same "$1.upload" "$(outer upload "$1-$2")" "$_sent"
}

# netdev_of BDF: the host VM's own network device on a function.
netdev_of() { ls "$pci/$1"/virtio*/net 2>/dev/null; }

# host_online STEP BDF: the host VM's own network device there has link and address.
host_online() {
	local _address _dev
	_dev=$(netdev_of "$2")
	check "$1.link" link_up "$_dev" || return 1
	_address=$(dhcp "$_dev")
	same "$1.dhcp" 10.0.2.15 "$_address"
}

# host_transfer STEP [MIB]: as guest_transfer, over the host VM's own network device.
host_transfer() {
	local _sent _sum
	_sum=$(download "$SERVER_PORT" "${2:-16}")
	same "$1.download" "$(outer digest "${2:-16}")" "$_sum"
	_sent=$(upload "$SERVER_PORT" "$1-host" "${2:-16}")
	same "$1.upload" "$(outer upload "$1-host")" "$_sent"
}

# identity_as STEP GUEST FILE: what lspci in the guest prints, compared with golden/FILE.
identity_as() {
	guest "$2" 'identity 00:04.0' >/run/identity
	if diff "/lab/golden/$3" /run/identity; then
		ok "$1"
	else
		not_ok "$1" "lspci in the guest differs from golden/$3"
	fi
}

# legacy_driver GUEST / modern_driver GUEST: by whether VIRTIO_F_VERSION_1 (bit 32) was negotiated.
version_1() { guest "$1" 'cut -c33 /sys/bus/virtio/devices/virtio0/features'; }
legacy_driver() { [ "$(version_1 "$1")" = 0 ]; }
modern_driver() { [ "$(version_1 "$1")" = 1 ]; }
