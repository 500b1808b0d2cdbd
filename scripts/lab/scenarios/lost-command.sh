# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# As at the end of guest-life.sh, with users that do not let go, and with commands that do not come back: accesses, closing and
# unbinding end all the same, and the command ends with the queue. Straight through VFIO, without a guest.

# A user that does not let go: its accesses work until it does.
linked_vf stubborn
must open poke_open "$bdf"
gives decode-on 'ok 2' write 7 4 0500
mac=$(poke read 0 20 6)
start_writing "$virtio" "$virtio_net/unbind"
sleep 2
check waits still_writing
gives meanwhile "$mac" read 0 20 6
poke_close
must stubborn-unbound within release written
check stubborn-virtio-unbound test ! -e "$virtio_net/$virtio"
pf_release "$PF"

# A command that never comes back: access, close and unbinding all end, and the command with the queue.
limit_file=/sys/module/virtio_owner/parameters/command_timeout_ms
usual=$(cat "$limit_file")
echo "$TIMEOUT_MS" >"$limit_file"
linked_vf lost
must lost-open poke_open "$bdf"
gives lost-decode-on 'ok 2' write 7 4 0500
outer fault "$PF" '0x5,1,never,count=1'
gives lost-read "ok $(printf '%012d' 0 | tr 0 f)" read 0 20 6
check lost-in-time test "$(cat /run/poke.ms)" -le "$(promised "$TIMEOUT_MS")"
outer clear-fault "$PF"
same lost-orphan 1 "$(cat "$pci/$bdf/virtio_legacy/orphans")"
gives lost-at-once "ok $(printf '%012d' 0 | tr 0 f)" read 0 20 6
check lost-at-once-in-time test "$(cat /run/poke.ms)" -lt "$TIMEOUT_MS"
start_writing "$virtio" "$virtio_net/unbind"
sleep 1
check lost-waits still_writing
poke_close
must lost-unbound within release written
check lost-virtio-unbound test ! -e "$virtio_net/$virtio"
same lost-vf-driver '' "$(driver_of "$bdf")"
echo "$virtio" >"$virtio_net/bind"
must lost-again vf_setup "$PF" 1 "$VF_DRIVER"
same lost-identity 'transitional net' "$(cat "$pci/$bdf/virtio_legacy/identity")"
must lost-reopen poke_open "$bdf"
gives lost-reopened 'ok 2' write 7 4 0500
gives lost-mac "$mac" read 0 20 6
poke_close

# The same with the VF alone: bound again, it stays closed until the command is back.
must alone-open poke_open "$bdf"
gives alone-decode-on 'ok 2' write 7 4 0500
outer fault "$PF" "0x5,1,late,$((TIMEOUT_MS * 15)),count=1"
gives alone-read "ok $(printf '%012d' 0 | tr 0 f)" read 0 20 6
outer clear-fault "$PF"
poke_close
must alone-unbind unbind "$bdf"
check alone-busy sh -c "echo $bdf >/sys/bus/pci/drivers_probe; true"
same alone-no-driver '' "$(driver_of "$bdf")"
vf_is_back() { echo "$bdf" >/sys/bus/pci/drivers_probe; [ "$(driver_of "$bdf")" = "$VF_DRIVER" ]; }
must alone-back within daemon vf_is_back
same alone-identity 'transitional net' "$(cat "$pci/$bdf/virtio_legacy/identity")"
echo "$usual" >"$limit_file"
obeyed_spec violations "$PF"
