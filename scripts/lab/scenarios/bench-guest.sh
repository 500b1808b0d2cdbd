# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # settings
# Admin commands of a Linux guest: its driver finds the device, leaves it, and finds it again. The device is plugged
# into a guest that runs already, so that no firmware has seen it. The first VF of a PF that is used is counted apart:
# then our driver finds out whether the device keeps vectors. SIDES are pairs of a side and its PF.

# settled PF: the device gets no commands any more.
settled() {
	local _before
	_before=$(commands "$1" 1)
	sleep 2
	[ "$_before" -gt 0 ] && [ "$(commands "$1" 1)" = "$_before" ]
}

# counted PHASE COMMAND...: what the device counts from the command on until all is quiet.
counted() {
	local _phase=$1
	shift
	outer reset-stats "$pf"
	check "$_phase-$side" "$@" || return 1
	check "$_phase-$side-settled" within release settled "$pf"
	count "counters side=$side what=$TYPE.$_phase" "$pf" 1
}

plug() {
	echo vf >>/run/guest.1/plugged
	qmp 1 device_add "\"driver\":\"vfio-pci\",\"host\":\"$(vf_bdf "$pf" 1)\",\"id\":\"vf\",\"addr\":\"0x6\""
}

# bound: the guest's driver has the device.
bound() { guest 1 "ls -d /sys/bus/virtio/drivers/$DRIVER/virtio0"; }

# unplug: until guest and VMM have let go of the device.
unplug() { qmp 1 device_del '"id":"vf"' && within release guest_released 1 vf; }

for pair in $SIDES; do
	side=${pair%:*} pf=${pair#*:}
	must "up-$side" side_up "$side" "$pf" 1
	[ "$side" = in_tree ] || side_rules "$side"
	must "boot-$side" guest_start 1 "${GUEST:-legacy}"
	must "driver-$side" guest 1 "modprobe $DRIVER"
	counted first plug
	check "first-bound-$side" bound
	check "unplug-$side" unplug
	counted bringup plug
	check "bound-$side" bound
	counted removal guest 1 "echo virtio0 >/sys/bus/virtio/drivers/$DRIVER/unbind"
	counted rebringup guest 1 "echo virtio0 >/sys/bus/virtio/drivers/$DRIVER/bind"
	check "again-$side" bound
	obeyed_spec "violations-$side" "$pf"
	guest_kill 1
done
[ "$side" = in_tree ] || side_rules ours
