# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034,SC2154,SC2016 # guests/viommu.conf uses GUEST_...; the library sets variables; some text is for the guest
# A guest with an IOMMU of its own, which a legacy driver does not use: it gives its device physical addresses. They reach
# the guest's memory only if the guest's kernel leaves them as they are, or if its IOMMU does not serve the device.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
bdf=$(vf_bdf "$PF" 1)

GUEST_IOMMU='intel_iommu=on'
must translated-boot guest_start 1 viommu "$bdf"
same translated-domain DMA "$(guest 1 'cat /sys/bus/pci/devices/0000:00:04.0/iommu_group/type')"
check translated-driver legacy_driver 1
# The network driver waits for its device's first answer.
check translated-faults within event sh -c "dmesg | grep -q 'DMAR: .* Request device \[${bdf#0000:}\] fault addr'"
check translated-end guest_kill 1

GUEST_IOMMU='intel_iommu=on iommu=pt'
must identity-boot guest_start 1 viommu "$bdf"
same identity-domain identity "$(guest 1 'cat /sys/bus/pci/devices/0000:00:04.0/iommu_group/type')"
guest_online identity 1
guest_transfer identity 1
check identity-end guest_stop 1

# The machine leaves all devices on the root bus out of the IOMMU's tables. With interrupt remapping Linux would find no
# MSI-X for such a device.
GUEST_IOMMU='intel_iommu=on' GUEST_MACHINE=',default_bus_bypass_iommu=on' GUEST_IOMMU_OPTIONS=',intremap=off'
must bypass-boot guest_start 1 viommu "$bdf"
check bypass-no-domain guest 1 '[ ! -e /sys/bus/pci/devices/0000:00:04.0/iommu_group ]'
guest_online bypass 1
guest_transfer bypass 1
check bypass-end guest_stop 1
obeyed_spec violations "$PF"
