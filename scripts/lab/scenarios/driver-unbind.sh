# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# The PF's virtio driver (virtio_net, not virtio-pci) is unbound while a guest has a VF: it takes the admin queue
# with it, so the VF has to go first. Asked, the guest lets go; a user that does not makes the unbinding wait; a
# command that the device never answers does not.
# As in removal-asked.sh the guest has a VF of another PF, too.

virtio_of() { basename "$pci/$1"/virtio*; }
net=/sys/bus/virtio/drivers/virtio_net
link_of() { cat "/sys/class/devlink/virtio:$(virtio_of "$1")--pci:$2/status"; }

# set_up: PF and VF, and the link between their drivers.
set_up() {
	must "$1-pf" pf_setup "$PF" "$PF_DRIVER" 1
	must "$1-vf" vf_setup "$PF" 1 "$VF_DRIVER"
	pf=$(pf_bdf "$PF") bdf=$(vf_bdf "$PF" 1)
	virtio=$(virtio_of "$pf")
	same "$1-link" active "$(link_of "$pf" "$bdf")"
}

must anchor-pf pf_setup "$ANCHOR" "$PF_DRIVER" 1
must anchor-vf vf_setup "$ANCHOR" 1 "$VF_DRIVER"
set_up asked
must boot guest_start 1 legacy "$bdf" "$(vf_bdf "$ANCHOR" 1)"
guest_online guest 1
start_writing "$virtio" "$net/unbind"
must asked-unbound within 40 written
check left-guest within 10 has_none 1
same vf-driver '' "$(driver_of "$bdf")"
check virtio-unbound test ! -e "$net/$virtio"
# Without it the VF is plain, and no link is made that would be dormant.
must plain vf_setup "$PF" 1 "$VF_DRIVER"
same plain-why "plain: its PF's virtio-pci has no legacy admin commands" "$(cat "$pci/$bdf/virtio_legacy/identity")"
check no-link test ! -e "/sys/class/devlink/virtio:$virtio--pci:$bdf"
unbind "$bdf"
echo "$virtio" >"$net/bind"
must again vf_setup "$PF" 1 "$VF_DRIVER"
same again-identity 'transitional net' "$(cat "$pci/$bdf/virtio_legacy/identity")"
must add guest_plug 1 "$bdf" 6
guest_online again 1 6
guest_transfer again 1 1
check end guest_stop 1
pf_release "$ANCHOR"

# A user that does not let go: its accesses work until it does.
set_up stubborn
must open poke_open "$bdf"
gives decode-on 'ok 2' write 7 4 0500
mac=$(poke read 0 20 6)
start_writing "$virtio" "$net/unbind"
sleep 2
check waits still_writing
gives meanwhile "$mac" read 0 20 6
poke_close
must stubborn-unbound within 20 written
check stubborn-virtio-unbound test ! -e "$net/$virtio"
pf_release "$PF"

# A command that never comes back: access, close and unbinding all end, and the command with the queue.
limit_file=/sys/module/virtio_owner/parameters/command_timeout_ms
usual=$(cat "$limit_file")
echo "$TIMEOUT_MS" >"$limit_file"
set_up lost
must lost-open poke_open "$bdf"
gives lost-decode-on 'ok 2' write 7 4 0500
outer fault "$PF" '0x5,1,never,count=1'
gives lost-read "ok $(printf '%012d' 0 | tr 0 f)" read 0 20 6
check lost-in-time test "$(cat /run/poke.ms)" -le $((TIMEOUT_MS + 1500))
outer clear-fault "$PF"
same lost-orphan 1 "$(cat "$pci/$bdf/virtio_legacy/orphans")"
gives lost-at-once "ok $(printf '%012d' 0 | tr 0 f)" read 0 20 6
check lost-at-once-in-time test "$(cat /run/poke.ms)" -le 500
start_writing "$virtio" "$net/unbind"
sleep 1
check lost-waits still_writing
poke_close
must lost-unbound within 30 written
check lost-virtio-unbound test ! -e "$net/$virtio"
same lost-vf-driver '' "$(driver_of "$bdf")"
echo "$virtio" >"$net/bind"
must lost-again vf_setup "$PF" 1 "$VF_DRIVER"
same lost-identity 'transitional net' "$(cat "$pci/$bdf/virtio_legacy/identity")"
must lost-reopen poke_open "$bdf"
gives lost-reopened 'ok 2' write 7 4 0500
gives lost-mac "$mac" read 0 20 6
poke_close

# The same with the VF alone: bound again, it stays closed until the command is back.
must alone-open poke_open "$bdf"
gives alone-decode-on 'ok 2' write 7 4 0500
outer fault "$PF" "0x5,1,late,$((TIMEOUT_MS * 5)),count=1"
gives alone-read "ok $(printf '%012d' 0 | tr 0 f)" read 0 20 6
outer clear-fault "$PF"
poke_close
must alone-unbind unbind "$bdf"
check alone-busy sh -c "echo $bdf >/sys/bus/pci/drivers_probe; true"
same alone-no-driver '' "$(driver_of "$bdf")"
vf_is_back() { echo "$bdf" >/sys/bus/pci/drivers_probe; [ "$(driver_of "$bdf")" = "$VF_DRIVER" ]; }
must alone-back within 30 vf_is_back
same alone-identity 'transitional net' "$(cat "$pci/$bdf/virtio_legacy/identity")"
echo "$usual" >"$limit_file"
obeyed_spec violations "$PF"
