# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library and the settings have the variables
# The PF is virtio-pci's, whose client waits for the device without limit. For PERIOD seconds and more, the device
# completes no command: of one member, past which it goes on (HOW is "past") or behind which it stands still ("behind"),
# or of all members ("pause"). Accesses read ones by their deadline, data goes on, closing and unbinding a VF end. All
# works again once the device completes the commands.

# A client on the first VF, a quiet guest on the second, a busy one on the third.
all_setup 3
guests_online 2 3
must open poke_open "$(vf_bdf "$PF" 1)"
gives decode-on 'ok 2' write 7 4 0500
gives mac 'ok 525400aa0001' read 0 20 6
limit=$(promised "$(cat /sys/module/virtio_owner/parameters/command_timeout_ms)")
busy() { guest_transfer "busy$1" 3 64; }

# lets_go STEP NUMBER: unbinding the VF ends. No driver gets it while the device has its command.
lets_go() {
	local _bdf
	_bdf=$(vf_bdf "$PF" "$2")
	ends_within "$1-unbind" reset unbind "$_bdf"
	check "$1-stays-unbound" without_driver "$_bdf"
}

probes() {
	echo "$1" >/sys/bus/pci/drivers_probe
	[ "$(driver_of "$1")" = "$VF_DRIVER" ]
}

without_driver() { ! probes "$1"; }

# is_back NUMBER: the driver has the VF again.
is_back() { probes "$(vf_bdf "$PF" "$1")"; }

# The client sleeps in a way that the kernel reports after a while.
patience=/proc/sys/kernel/hung_task_timeout_secs
usual=$(cat "$patience")
echo 0 >"$patience"
case $HOW in
past) outer set "$PF" admin-order members ;;
*) outer set "$PF" admin-order arrival ;;
esac
case $HOW in
pause) outer set "$PF" pause late ;;
*) outer fault "$PF" 'any,1,stuck' ;;
esac
poke_for "$PERIOD" 20 busy
check in-time test "$longest" -le "$limit"
# The first one. All others end at once.
same one-deadline 1 "$waits"
if [ "$HOW" = past ]; then
	for n in 2 3; do guest_anew "meanwhile$n" "$n"; done
else
	# Its driver finds no device, and the guest boots all the same.
	guest_send 2 'reboot -f'
	must quiet-reboot guest_ready 2 2
	ends_within quiet-end reset guest_kill 2
	lets_go quiet 2
fi
ends_within close reset poke_close
lets_go muted 1
outer set "$PF" pause none
outer clear-fault "$PF"
outer set "$PF" admin-order arrival
must muted-back within event is_back 1
client_works muted "$(vf_bdf "$PF" 1)"
if [ "$HOW" != past ]; then
	must quiet-back within event is_back 2
	must quiet-boot guest_start 2 legacy "$(vf_bdf "$PF" 2)"
	guest_online quiet 2
fi
for n in 2 3; do guest_anew "again$n" "$n"; done
echo "$usual" >"$patience"
obeyed_spec violations "$PF"
for n in 2 3; do check "end$n" guest_stop "$n"; done
