# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# The PF stays the host VM's network card while a legacy guest has one of its VFs: data moves on both at the same
# time, and the guest's admin commands go through the same virtio-pci.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
pf=$(pf_bdf "$PF") bdf=$(vf_bdf "$PF" 1)
same identity 'transitional net' "$(cat "$pci/$bdf/virtio_legacy/identity")"
same admin-queue in-tree "$(cat "$pci/$bdf/virtio_legacy/admin_queue")"
host_online host "$pf"
host_transfer host-before
must boot guest_start 1 legacy "$bdf"
check legacy-driver legacy_driver 1
guest_online guest 1

refuses numvfs 'not permitted' 0 "$pci/$pf/sriov_numvfs"
same vfs-stay 1 "$(cat "$pci/$pf/sriov_numvfs")"

# Both at once: the guest's downloads and its driver's restarts, the host's transfers.
before=$(commands "$PF" 1)
(
	guest_download 1 guest 1024 >/run/guest-sum
	for _ in 1 2 3; do
		guest 1 'for verb in unbind bind; do echo 0000:00:04.0 >/sys/bus/pci/drivers/virtio-pci/$verb; done'
	done
) &
both=$!
host_transfer host-meanwhile 1024
host_transfer host-once-more 1024
wait "$both"
same guest-meanwhile "$(outer digest 1024)" "$(cat /run/guest-sum)"
check commands test "$(commands "$PF" 1)" -gt $((before + 60))
guest_online guest-again 1
guest_transfer guest-again 1
counted_alike state "$PF" 1 "$bdf"
check end guest_stop 1
host_transfer host-after
same host-driver virtio-pci "$(driver_of "$pf")"
obeyed_spec violations "$PF"
