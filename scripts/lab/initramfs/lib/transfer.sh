# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Data that the machine that runs this, a guest or the host VM itself, makes, and moves over a network device.

# link_up DEVICE SECONDS: carrier within that time.
link_up() {
	local _carrier='' _end _now
	ip link set "$1" up
	read -r _now _ </proc/uptime
	_end=$((${_now%.*} + $2))
	until [ "$_carrier" = 1 ]; do
		[ "${_now%.*}" -le "$_end" ] || return 1
		sleep 0.1
		read -r _carrier 2>/dev/null <"/sys/class/net/$1/carrier"
		read -r _now _ </proc/uptime
	done
}

# dhcp DEVICE SECONDS: ask every other second, print the address.
dhcp() {
	udhcpc -f -n -q -t $((($2 + 1) / 2)) -T 2 -i "$1" -s /etc/udhcpc.sh >/tmp/dhcp.log 2>&1 || { cat /tmp/dhcp.log; return 1; }
	ip -4 addr show "$1" | sed -n 's/.*inet \([0-9.]*\).*/\1/p'
}

# The server's answer comes in here: skip what stands before the data, print the data's checksum.
body_sum() {
	while read -r header && [ "${#header}" -gt 1 ]; do :; done
	sum
}

sum() { sha256sum | cut -d' ' -f1; }

# download PORT NAME KIB: checksum of what the server sent. The server counts the bytes of a transfer by its name.
download() { printf 'GET /%s?kib=%s HTTP/1.0\r\n\r\n' "$2" "$3" | nc 10.0.2.2 "$1" | body_sum; }

# random_file FILE KIB: prints its checksum. KIB is a multiple of 64.
random_file() {
	dd if=/dev/urandom of="$1" bs=64k count=$(($2 / 64)) conv=fsync 2>/dev/null || return 1
	sum <"$1"
}

# upload_data KIB: random data to be sent to the server, in /tmp/upload.
upload_data() { random_file /tmp/upload "$1" >/tmp/upload.sum; }

# request NAME KIB: the data on their way to the server.
request() {
	printf 'PUT /%s HTTP/1.0\r\nContent-Length: %s\r\n\r\n' "$1" "$(($2 * 1024))"
	cat /tmp/upload
}

# received KIB: whether the server's answer in /tmp/reply is right; prints size and checksum as this side knows them.
received() {
	rm -f /tmp/upload
	grep -q "$(cat /tmp/upload.sum)" /tmp/reply || { echo "server's answer: $(tail -n 1 /tmp/reply)"; return 1; }
	echo "$(($1 * 1024)) $(cat /tmp/upload.sum)"
}

# upload PORT NAME KIB: of upload_data; prints size and checksum.
upload() {
	request "$2" "$3" | nc 10.0.2.2 "$1" >/tmp/reply
	received "$3"
}
