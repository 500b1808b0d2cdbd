# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # the library sets variables; some text is for the guest
# The owner's own DMA goes through the emulated IOMMU: commands flow, the device's counters agree.

must pf pf_setup "$PF" "$PF_DRIVER" 2
must vf vf_setup "$PF" 1 "$VF_DRIVER"
check translated grep -q DMA "$pci/$(pf_bdf "$PF")/iommu_group/type"
must open poke_open "$(vf_bdf "$PF" 1)"
gives decode-on 'ok 2' write 7 4 0500
gives mac 'ok 525400aa0001' read 0 20 6
before=$(commands "$PF" 1)
gives burst 'ok 525400aa0001' burst 0 20 6 1000
check counted test "$(commands "$PF" 1)" -ge $((before + 1000))
poke_close
obeyed_spec violations "$PF"
