# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# The demonstration: a legacy guest moves data over a VF; what was seen on the way goes into a table.

fact() { outer fact "$@"; }

must pf pf_setup "$PF" "$PF_DRIVER" 2
must vf vf_setup "$PF" 1 "$VF_DRIVER"
pf=$(pf_bdf "$PF") bdf=$(vf_bdf "$PF" 1)
fact host_kernel "$(uname -r)"
fact PF "$pf, driver $(driver_of "$pf")"
fact VF "$bdf, driver $(driver_of "$bdf"): $(cat "$pci/$bdf/virtio_legacy/identity")"
must boot guest_start 1 legacy "$bdf"
fact host_QEMU "$(qemu-system-x86_64 --version | head -n 1)"
identity_as identity 1 "$GOLDEN"
fact guest_sees "$(head -n 1 /run/identity)"
fact guest_BAR0 "$(sed -n 's/^\t\(I\/O.*\)/\1/p' /run/identity), $(tail -n 1 /run/identity)"
check legacy-driver legacy_driver 1
fact guest_driver 'virtio_net over the legacy interface (VIRTIO_F_VERSION_1 not negotiated)'
fact transport "$(cat "$pci/$pf/virtio_owner/transport"), admin queue $(cat "$pci/$bdf/virtio_legacy/admin_queue")"
guest_online guest 1
fact address "$(guest 1 "ip -4 -o addr show $(in_slot 1)" | sed -n 's/.*inet \([^ ]*\).*/\1/p')"
kib=4096
downloaded=$(guest_download 1 download $kib)
same guest.download "$(outer digest $kib)" "$downloaded"
fact downloaded "$((kib << 10)) bytes, sha256 $downloaded"
fact __by_server "$(outer moved download) bytes, sha256 $(outer digest $kib)"
same guest.upload "$(guest_upload 1 upload $kib)" "$(outer upload upload)"
uploaded=$(outer upload upload)
fact uploaded "${uploaded% *} bytes, sha256 ${uploaded#* }"
for opcode in 2:COMMON_CFG_WRITE 3:COMMON_CFG_READ 4:DEV_CFG_WRITE 5:DEV_CFG_READ 6:NOTIFY_INFO; do
	count=$(stat "$PF" "members.1.opcodes.0x${opcode%:*}")
	[ "$count" = 0 ] || fact "admin_command_0x${opcode%:*}" "$count ${opcode#*:}"
done
fact doorbells "$(doorbells "$PF" 1)"
check commands test "$(commands "$PF" 1)" -gt 20
check doorbells only_doorbell "$PF" 1 "$DOORBELL"
obeyed_spec violations "$PF"
check end guest_stop 1
