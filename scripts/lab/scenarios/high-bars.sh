# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034,SC2154,SC2016 # guest.sh uses GUEST_OPTIONS; the library sets variables; some text is for the guest
# A VF whose 64-bit BARs, its MSI-X table's among them, are above 4 GiB in the guest. A 64-bit Linux uses MSI-X. A guest
# without paging reaches the lower 4 GiB only: the I/O BAR is enough for it.

# high SLOT BAR: the guest has that BAR above 4 GiB.
high() {
	[ "$(guest 1 "sed -n '$(($2 + 1))p' /sys/bus/pci/devices/0000:00:0$1.0/resource | cut -c3-10")" != 00000000 ]
}

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
# Its BAR has no room below 4 GiB, so the firmware places all 64-bit BARs above.
GUEST_OPTIONS='-device pci-testdev,membar=4G,addr=0x3'
must boot guest_start 1 legacy "$(vf_bdf "$PF" 1)"
check legacy-driver legacy_driver 1
check vectors-high high 4 1
check structures-high high 4 4
check vectors-used guest 1 'lspci -vv -s 00:04.0 | grep -q "MSI-X: Enable+"'
guest_online linux 1
guest_transfer linux 1
check end guest_stop 1

must tiny tiny_run 2 'count=16 seed=3' "$(vf_bdf "$PF" 1)"
same tiny-requests 16 "$(tiny_field 2 net requests)"
check tiny-end tiny_end 2
obeyed_spec violations "$PF"
