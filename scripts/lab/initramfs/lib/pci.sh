# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the settings have PF and its drivers
# PFs, VFs and their drivers. A PF is named as in the group's file; PORT_<name> is its root port.

pci=/sys/bus/pci/devices

pf_bdf() {
	local _dev _port
	eval "_port=\$PORT_$1"
	for _dev in "$pci/$_port"/0000:*:00.0; do
		[ -e "$_dev" ] || return 1
		basename "$_dev"
	done
}

# reference_bdf PF: QEMU's own device of its type, if the group has one.
reference_bdf() { eval "echo \"\${REFERENCE_$1:-}\""; }

# vf_bdf PF NUMBER
vf_bdf() { basename "$(readlink "$pci/$(pf_bdf "$1")/virtfn$(($2 - 1))")"; }

driver_of() { basename "$(readlink "$pci/$1/driver")" 2>/dev/null; }

unbind() {
	[ ! -e "$pci/$1/driver" ] || echo "$1" >"$pci/$1/driver/unbind"
}

# bind BDF DRIVER: through driver_override, the way an administrator does it.
bind() {
	modprobe -q "$2"
	[ "$(driver_of "$1")" != "$2" ] || return 0
	unbind "$1"
	echo "$2" >"$pci/$1/driver_override" || return 1
	echo "$1" >/sys/bus/pci/drivers_probe
	[ "$(driver_of "$1")" = "$2" ]
}

# virtio_driver BDF: the kernel's own driver for the virtio device there is loaded and bound.
virtio_driver() {
	within event sh -c "cat $pci/$1/virtio*/modalias >/run/modalias 2>/dev/null" || return 1
	# It may be built in.
	modprobe -q "$(cat /run/modalias)"
	within event sh -c "ls $pci/$1/virtio*/driver/ >/dev/null 2>&1"
}

# pf_setup PF DRIVER VFS: bind the PF and create VFs that no driver takes by itself.
pf_setup() {
	local _pf
	_pf=$(pf_bdf "$1") || return 1
	used_pfs="${used_pfs:-} $1"
	echo 0 >"$pci/$_pf/sriov_drivers_autoprobe"
	[ "$(cat "$pci/$_pf/sriov_numvfs")" = 0 ] || echo 0 >"$pci/$_pf/sriov_numvfs"
	bind "$_pf" "$2" || return 1
	# The kernel's own client has its commands only once the PF's virtio driver is up.
	[ "$2" != virtio-pci ] || virtio_driver "$_pf" || return 1
	outer reset-stats "$1"
	[ "$3" = 0 ] || echo "$3" >"$pci/$_pf/sriov_numvfs"
}

# vf_setup PF NUMBER DRIVER
vf_setup() { bind "$(vf_bdf "$1" "$2")" "$3"; }

# all_setup VFS: the scenario's PF and all of its VFs.
all_setup() {
	local _number
	must pf pf_setup "$PF" "$PF_DRIVER" "$1"
	for _number in $(seq "$1"); do must "vf$_number" vf_setup "$PF" "$_number" "$VF_DRIVER"; done
}

# stat PF PATH: a number from the device's own counters, such as members.1.doorbells.member.
stat() { outer stat "$@"; }

# Give every PF back without VFs and without driver: the next scenario starts from there.
pf_release() {
	local _pf
	_pf=$(pf_bdf "$1") || return 0
	outer clear-fault "$1"
	outer set "$1" pause none
	[ "$(cat "$pci/$_pf/sriov_numvfs")" = 0 ] || echo 0 >"$pci/$_pf/sriov_numvfs"
	unbind "$_pf"
	echo >"$pci/$_pf/driver_override"
}

clean_up() {
	local _name
	[ -z "${ROW:-}" ] || [ -z "${used_pfs:-}" ] || row_facts "$PF"
	poke_close
	guests_end
	libvirt_down
	for _name in ${used_pfs:-}; do pf_release "$_name"; done
}
