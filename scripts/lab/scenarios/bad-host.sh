# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# What an administrator can get wrong: each gives a clear error, and nothing is lost by it.

# A kernel without what the module needs.
for module in "$VF_DRIVER" virtio_vfio_pci vfio_pci vfio_pci_core; do rmmod "$module" 2>/dev/null; done
check not-loaded test ! -d "/sys/module/$VF_DRIVER"
before=$(log_lines)
console_off
must not-loadable sh -c "! insmod /lib/modules/$(uname -r)/updates/$VF_DRIVER.ko 2>/run/insmod"
console_on
check insmod-says-why grep -qi 'unknown symbol' /run/insmod
check log-says-why said "$before" "$VF_DRIVER: Unknown symbol vfio_pci_core_"
check still-not-loaded test ! -d "/sys/module/$VF_DRIVER"
before=$(log_lines)
check bad-parameter sh -c "! modprobe $VF_DRIVER identity=none 2>/run/modprobe"
check modprobe-says-why grep -q 'Invalid argument' /run/modprobe
check log-says-parameter said "$before" "none.*invalid for parameter"
must loadable modprobe "$VF_DRIVER"
settings=/sys/module/$PF_DRIVER/parameters
for bad in depth=0 depth=65 poll_us=1001 poll_us=x; do
	refuses "no-${bad%=*}-${bad#*=}" 'Invalid argument' "${bad#*=}" "$settings/${bad%=*}"
done
same depth-stays 64 "$(cat "$settings/depth")"
same poll-stays 50 "$(cat "$settings/poll_us")"

# A VF whose PF has no driver: pci-pf-stub leaves VFs behind. The VF is plain, and says why.
pf=$(pf_bdf "$PF")
echo 0 >"$pci/$pf/sriov_drivers_autoprobe"
must stub bind "$pf" pci-pf-stub
must stub-vfs sh -c "echo 1 >$pci/$pf/sriov_numvfs"
unbind "$pf"
same no-pf-driver '' "$(driver_of "$pf")"
bdf=$(vf_bdf "$PF" 1)
must orphan-vf vf_setup "$PF" 1 "$VF_DRIVER"
same orphan-identity 'plain: its PF has no driver' "$(cat "$pci/$bdf/virtio_legacy/identity")"
refuses orphan-transitional 'not supported' transitional "$pci/$bdf/virtio_legacy/identity"
must orphan-open poke_open "$bdf"
gives orphan-device 'ok f41a4110' read 7 0 4
poke_close
# virtio_owner does not take over VFs that others made.
before=$(log_lines)
check taken-over sh -c "echo $PF_DRIVER >$pci/$pf/driver_override; echo $pf >/sys/bus/pci/drivers_probe; true"
same not-taken '' "$(driver_of "$pf")"
check says-vfs said "$before" "$PF_DRIVER $pf: has VFs already"
unbind "$bdf"
must stub-again bind "$pf" pci-pf-stub
must no-vfs sh -c "echo 0 >$pci/$pf/sriov_numvfs"

# Two drivers for one VF, with a guest on it: the second one gets it neither by asking nor by a new override.
# The PF is bound with one command at a time, which is slow and right.
echo 1 >"$settings/depth"
must pf pf_setup "$PF" "$PF_DRIVER" 1
echo 64 >"$settings/depth"
same depth 1 "$(cat "$pci/$pf/virtio_owner/depth")"
must vf vf_setup "$PF" 1 "$VF_DRIVER"
bdf=$(vf_bdf "$PF" 1)
modprobe -a vfio_pci virtio_vfio_pci
must boot guest_start 1 legacy "$bdf"
guest_online guest 1
for other in vfio-pci virtio_vfio_pci virtio-pci; do
	refuses "other-$other" 'No such device' "$bdf" "/sys/bus/pci/drivers/$other/bind"
	echo "$other" >"$pci/$bdf/driver_override"
	refuses "override-$other" 'resource busy' "$bdf" "/sys/bus/pci/drivers/$other/bind"
	echo "$bdf" >/sys/bus/pci/drivers_probe
	same "driver-$other" "$VF_DRIVER" "$(driver_of "$bdf")"
done
echo "$VF_DRIVER" >"$pci/$bdf/driver_override"
refuses in-use-identity 'resource busy' plain "$pci/$bdf/virtio_legacy/identity"
guest_transfer guest 1
check end guest_stop 1
obeyed_spec violations "$PF"
