# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# Data that the machine that runs this, a guest or the host VM itself, makes, and moves over a network device.

# link_up DEVICE: carrier within ten seconds.
link_up() {
	ip link set "$1" up
	for _ in $(seq 50); do
		[ "$(cat "/sys/class/net/$1/carrier" 2>/dev/null)" = 1 ] && return 0
		sleep 0.2
	done
	return 1
}

# dhcp DEVICE: ask once, print the address.
dhcp() {
	udhcpc -f -n -q -t 10 -T 2 -i "$1" -s /etc/udhcpc.sh >/tmp/dhcp.log 2>&1 || { cat /tmp/dhcp.log; return 1; }
	ip -4 addr show "$1" | sed -n 's/.*inet \([0-9.]*\).*/\1/p'
}

# The server's answer comes in here: skip what stands before the data, print the data's checksum.
body_sum() {
	while read -r header && [ "${#header}" -gt 1 ]; do :; done
	sum
}

sum() { sha256sum | cut -d' ' -f1; }

# download PORT [MIB]: checksum of what the server sent.
download() { printf 'GET /data/%s HTTP/1.0\r\n\r\n' "${2:-16}" | nc 10.0.2.2 "$1" | body_sum; }

# random_file FILE MIB: prints its checksum.
random_file() {
	dd if=/dev/urandom of="$1" bs=1M count="$2" conv=fsync 2>/dev/null || return 1
	sum <"$1"
}

# request NAME MIB: random data on its way to the server, kept in /tmp/upload.
request() {
	random_file /tmp/upload "$2" >/tmp/upload.sum
	printf 'PUT /%s HTTP/1.0\r\nContent-Length: %s\r\n\r\n' "$1" "$(($2 * 1048576))"
	cat /tmp/upload
}

# received MIB: whether the server's answer in /tmp/reply is right; prints size and checksum as this side knows them.
received() {
	rm -f /tmp/upload
	grep -q "$(cat /tmp/upload.sum)" /tmp/reply || { echo "server's answer: $(tail -n 1 /tmp/reply)"; return 1; }
	echo "$(($1 * 1048576)) $(cat /tmp/upload.sum)"
}

# upload PORT NAME MIB
upload() {
	request "$2" "$3" | nc 10.0.2.2 "$1" >/tmp/reply
	received "$3"
}
