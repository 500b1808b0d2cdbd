# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# The host sleeps (S3) with a guest open. PF and VFs lose power: the kernel enables the VFs again, the owner starts its
# queue again, and the guest's driver must start its device anew.

# in_order PHASE FIRST SECOND: what the kernel did with FIRST in the phase was over when it began with SECOND.
in_order() {
	dmesg | awk -v phase="pci_pm_$1[^a-z_]" -v first="$2:" -v second="$3:" '
		$0 !~ phase { next }
		index($0, first) && / returned / { over = 1 }
		index($0, second) && / calling / { begun = 1; exit }
		END { exit !(over && begun) }'
}

must pf pf_setup "$PF" "$PF_DRIVER" 2
must vf vf_setup "$PF" 1 "$VF_DRIVER"
must sibling vf_setup "$PF" 2 "$VF_DRIVER"
bdf=$(pf_bdf "$PF")
owner=$pci/$bdf/virtio_owner
must boot guest_start 1 legacy "$(vf_bdf "$PF" 1)"
guest_online before 1
epoch=$(cat "$owner/epoch")

echo 1 >/sys/power/pm_print_times
must wake-up outer wake-up
check sleep sh -c 'echo mem >/sys/power/state'
# A VF that wakes up before its PF does not wake up at all.
vf=$(vf_bdf "$PF" 1)
for phase in suspend suspend_late suspend_noirq; do check "$phase" in_order "$phase" "$vf" "$bdf"; done
for phase in resume_noirq resume_early resume; do check "$phase" in_order "$phase" "$bdf" "$vf"; done
echo 0 >/sys/power/pm_print_times
same state live "$(cat "$owner/state")"
same epoch $((epoch + 1)) "$(cat "$owner/epoch")"
check sibling-client client_plays "$(vf_bdf "$PF" 2)"

slot=0000:00:04.0
check unbind guest 1 "echo $slot >/sys/bus/pci/drivers/virtio-pci/unbind"
check rebind guest 1 "echo $slot >/sys/bus/pci/drivers/virtio-pci/bind"
guest_online rebound 1
guest_transfer rebound 1
check end guest_stop 1
ends_within release reset sh -c "echo 0 >$pci/$bdf/sriov_numvfs"
obeyed_spec violations "$PF"
