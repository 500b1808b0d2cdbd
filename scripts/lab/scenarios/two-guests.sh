# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# Two guests on two VFs at once: both move data, and no access of one reaches the other's member.

must pf pf_setup "$PF" "$PF_DRIVER" 2
for n in 1 2; do must "vf$n" vf_setup "$PF" "$n" "$VF_DRIVER"; done
must launch1 guest_launch 1 legacy "$(vf_bdf "$PF" 1)"
must launch2 guest_launch 2 legacy "$(vf_bdf "$PF" 2)"
must boot1 guest_ready 1 1
must boot2 guest_ready 2 1
for n in 1 2; do
	guest_online "guest$n" "$n"
	same "mac$n" "52:54:00:aa:00:0$n" "$(guest "$n" 'cat /sys/class/net/eth0/address')"
done
# Both at the same time; the answers are collected afterwards.
guest 2 "download $SERVER_PORT" >/run/second &
second=$!
first=$(guest 1 "download $SERVER_PORT")
wait "$second"
same both-1 "$SERVER_SHA256" "$first"
same both-2 "$SERVER_SHA256" "$(cat /run/second)"
guest_transfer guest1 1 1

for n in 1 2; do
	other=$((3 - n))
	before=$(commands "$PF" "$other") own=$(commands "$PF" "$n")
	guest "$n" 'for verb in unbind bind; do echo 0000:00:04.0 >/sys/bus/pci/drivers/virtio-pci/$verb; done'
	check "own$n" test "$(commands "$PF" "$n")" -gt "$own"
	same "other$other" "$before" "$(commands "$PF" "$other")"
done
obeyed_spec violations "$PF"
check end1 guest_stop 1
check end2 guest_stop 2
