# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# DPDK's testpmd in a guest sends 1,000 frames back to where they come from, over the VF's I/O ports.

frames=1000 mac=52:54:00:aa:00:01 slot=0000:00:04.0
testpmd=usr/bin/dpdk-testpmd

# followed FILE...: each with the links that lead to it.
followed() {
	local _path
	for _path; do
		while [ -L "$_path" ]; do
			echo "$_path"
			_path=${_path%/*}/$(readlink "$_path")
		done
		echo "$_path"
	done
}

# dpdk_files: testpmd, the few drivers it needs of all those it would load, and the libraries of both.
dpdk_files() {
	local _libraries _name _paths
	_libraries=usr/lib/x86_64-linux-gnu _paths=$testpmd
	for _name in bus_pci bus_vdev mempool_ring net_virtio; do
		_paths="$_paths $(echo $_libraries/dpdk/pmds-*/librte_$_name.so.*.*)"
	done
	# shellcheck disable=SC2046 # file names
	_paths="$_paths $(chroot . ldd $(for _name in $_paths; do echo "/$_name"; done) | sed -n 's,.* /\(usr/\)*\([^ ]*\) (.*,usr/\2,p' | sort -u)"
	printf '%s\n' usr/lib $_libraries $_libraries/dpdk $_libraries/dpdk/pmds-*
	# shellcheck disable=SC2086 # file names
	followed $_paths | sort -u
}

dpdk_initramfs() {
	root_mount "$ROOT" || return 1
	(cd "/roots/$ROOT" && dpdk_files | cpio -o -H newc 2>/run/cpio.log | cat "/guest/$GUEST_KERNEL/initramfs" - >/run/initramfs.dpdk) ||
		{ cat /run/cpio.log; return 1; }
}

forwarding() { guest 1 'grep -q "Port statistics" /tmp/testpmd'; }

counted() { sed -n "s/.*$1: \([0-9]*\).*/\1/p" /run/testpmd | tail -n 1; }

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must hide hide_modern "$PF" 1
must initramfs dpdk_initramfs
must boot guest_start 1 dpdk "$(vf_bdf "$PF" 1)"
must uio guest 1 "modprobe -q uio_pci_generic; cd /sys/bus/pci/devices/$slot && echo uio_pci_generic >driver_override && \
	echo $slot >driver/unbind && echo $slot >/sys/bus/pci/drivers_probe && [ -e driver ]"
# It loads no drivers from below a folder that everyone may write to.
must place guest 1 'chmod 755 / && mkdir -p /dev/hugepages /var/run && mount -t hugetlbfs hugetlbfs /dev/hugepages'
# Two threads of it share the one processor: one forwards, the other waits for its end.
# What it says before the first statistics it keeps until then.
guest 1 "LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu /$testpmd --lcores 0@0,1@0 --iova-mode=pa --no-telemetry -- --forward-mode=macswap --port-topology=loop \
	--auto-start --total-num-mbufs=4096 --no-lsc-interrupt --stats-period=1 >/tmp/testpmd 2>&1 &"
check forwards within daemon forwarding || { guest 1 'cat /tmp/testpmd'; exit 1; }
same frames-back "$frames" "$(outer bounce "${PF}n1" "$mac" "$frames")"
guest 1 'killall -INT dpdk-testpmd'
check ends within end guest 1 '! pidof dpdk-testpmd >/dev/null'
# Its last statistics are of the whole run.
guest 1 'tail -n 40 /tmp/testpmd' >/run/testpmd
received=$(counted RX-packets)
sent=$(counted TX-packets)
say "testpmd received $received, sent $sent"
check received test "${received:-0}" -ge "$frames"
check sent test "${sent:-0}" -ge "$frames"
say "commands by opcode: $(stat "$PF" members.1.opcodes), doorbells: $(doorbells "$PF" 1)"
obeyed_spec violations "$PF"
check end guest_stop 1
