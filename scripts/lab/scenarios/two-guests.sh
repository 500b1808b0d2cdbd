# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library and the settings have the variables
# Two guests on two VFs at once: both move data, and no access of one reaches the other's member. One is killed in
# mid-transfer: the other goes on, and the next guest on the same VF works.

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
guest_download 2 second 1024 >/run/second &
second=$!
first=$(guest_download 1 first 1024)
wait "$second"
same both-1 "$(outer digest 1024)" "$first"
same both-2 "$(outer digest 1024)" "$(cat /run/second)"

for n in 1 2; do
	other=$((3 - n))
	before=$(commands "$PF" "$other") own=$(commands "$PF" "$n")
	guest "$n" 'for verb in unbind bind; do echo 0000:00:04.0 >/sys/bus/pci/drivers/virtio-pci/$verb; done'
	check "own$n" test "$(commands "$PF" "$n")" -gt "$own"
	same "other$other" "$before" "$(commands "$PF" "$other")"
done

for n in 1 2; do guest_online "again$n" "$n"; done
guest_ask 1 "download $SERVER_PORT cut 16384"
must moving within event moves cut
check killed guest_kill 1
guest_transfer beside 2
must next guest_start next legacy "$(vf_bdf "$PF" 1)"
guest_online next next
guest_transfer next next
obeyed_spec violations "$PF"
check end2 guest_stop 2
check end guest_stop next
