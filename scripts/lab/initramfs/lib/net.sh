# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2016,SC2154 # some text is for the guest; pci.sh sets pci
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
	check "$1.link" guest "$2" "link_up $_dev $(limit event)" || return 1
	_address=$(guest_dhcp "$2" "$_dev")
	same "$1.dhcp" 10.0.2.15 "$_address" || network_report "$2" "$_dev"
}

# network_report GUEST DEVICE: after a failed step: where packets or interrupts stand still. Always fails.
network_report() {
	local _member
	say "guest $1, packets: $(guest "$1" "cd /sys/class/net/$2/statistics && grep . tx_packets rx_packets tx_dropped rx_dropped")"
	say "guest $1, interrupts: $(guest "$1" 'grep virtio /proc/interrupts')"
	say "host VM, interrupts: $(grep vfio /proc/interrupts)"
	for _member in 1 2; do
		say "device's used entries of member $_member, by queue: $(stat "${PF:-}" "members.$_member.used")"
	done
	return 1
}

# guests_online NUMBER...: a guest on each of these VFs of PF. They boot at the same time.
guests_online() {
	local _number
	for _number; do must "launch$_number" guest_launch "$_number" legacy "$(vf_bdf "$PF" "$_number")"; done
	for _number; do
		must "boot$_number" guest_ready "$_number" 1
		guest_online "guest$_number" "$_number"
	done
}

# The guest's driver lets go of the first VF, and starts it anew.
rebind='for verb in unbind bind; do echo 0000:00:04.0 >/sys/bus/pci/drivers/virtio-pci/$verb; done'

# guest_anew STEP GUEST: the guest's driver starts its device anew, which works then.
guest_anew() {
	must "$1.rebind" guest "$2" "$rebind"
	guest_online "$1" "$2"
	guest_transfer "$1" "$2"
}

# guest_offline GUEST SLOT: the device there has neither link nor address.
guest_offline() {
	local _dev
	_dev=$(in_slot "$1" "$2")
	guest "$1" "ip addr flush dev $_dev; ip link set $_dev down"
}

# guest_dhcp GUEST DEVICE
guest_dhcp() { guest "$1" "dhcp $2 $(limit event)"; }

# KiB that a transfer moves each way, unless told: 180 packets.
usual_kib=256

# guest_download GUEST NAME [KIB [COMMAND]]: prints the checksum of what arrived; COMMAND is put before the guest's.
guest_download() { guest_moving "$1" "$2" "${4:-} download $SERVER_PORT $2 ${3:-$usual_kib}"; }

# guest_upload GUEST NAME [KIB]: prints size and checksum of what was sent.
guest_upload() {
	guest "$1" "upload_data ${3:-$usual_kib}" >/dev/null && guest_moving "$1" "$2" "upload $SERVER_PORT $2 ${3:-$usual_kib}"
}

# guest_transfer STEP GUEST [KIB]: data each way, checksums of both ends equal.
guest_transfer() {
	local _sent _sum
	_sum=$(guest_download "$2" "$1-$2-down" "${3:-$usual_kib}")
	same "$1.download" "$(outer digest "${3:-$usual_kib}")" "$_sum" || network_report "$2" eth0
	_sent=$(guest_upload "$2" "$1-$2-up" "${3:-$usual_kib}")
	same "$1.upload" "$(outer upload "$1-$2-up")" "$_sent" || network_report "$2" eth0
}

# netdev_of BDF: the host VM's own network device on a function.
netdev_of() { ls "$pci/$1"/virtio*/net 2>/dev/null; }

# host_online STEP BDF: the host VM's own network device there has link and address.
host_online() {
	local _address _dev
	_dev=$(netdev_of "$2")
	check "$1.link" link_up "$_dev" "$(limit event)" || return 1
	_address=$(dhcp "$_dev" "$(limit event)")
	same "$1.dhcp" 10.0.2.15 "$_address"
}

# host_transfer STEP [KIB]: moves data over the host VM's own network device, as guest_transfer does over a guest's.
host_transfer() {
	local _sent _sum
	_sum=$(host_moving "$1-down" download "$SERVER_PORT" "$1-down" "${2:-$usual_kib}")
	same "$1.download" "$(outer digest "${2:-$usual_kib}")" "$_sum"
	upload_data "${2:-$usual_kib}"
	_sent=$(host_moving "$1-up" upload "$SERVER_PORT" "$1-up" "${2:-$usual_kib}")
	same "$1.upload" "$(outer upload "$1-up")" "$_sent"
}

# host_moving TRANSFER COMMAND...: runs it as long as the server outside counts more bytes of TRANSFER.
host_moving() {
	local _process _status=0 _transfer=$1
	shift
	# Not to the caller's pipe: what is left of a transfer that stopped would keep it open.
	(exec 3<&-; "$@") >/run/moved &
	_process=$!
	settles transfer "moved $_transfer" ends_soon "$_process" || _status=$?
	[ "$_status" != 1 ] || kill "$_process"
	wait "$_process"
	_status=$?
	cat /run/moved
	return $_status
}

# ends_soon PROCESS: 2 it has ended, 1 it has not.
ends_soon() { await 1 --process "$1"; }

# identity_as STEP GUEST FILE [SLOT]: what lspci in the guest prints, compared with golden/FILE, which is of slot 4.
identity_as() {
	local _slot
	_slot=$(printf '00:%02x.0' "${4:-4}")
	guest "$2" "identity $_slot" >/run/identity
	if sed "s/^00:04\.0/$_slot/; s/Slot: 4$/Slot: ${4:-4}/" "/lab/golden/$3" | diff - /run/identity; then
		ok "$1"
	else
		not_ok "$1" "lspci in the guest differs from golden/$3"
	fi
}

# legacy_driver GUEST / modern_driver GUEST: by whether VIRTIO_F_VERSION_1 (bit 32) was negotiated.
version_1() { guest "$1" 'cut -c33 /sys/bus/virtio/devices/virtio0/features'; }
legacy_driver() { [ "$(version_1 "$1")" = 0 ]; }
modern_driver() { [ "$(version_1 "$1")" = 1 ]; }
