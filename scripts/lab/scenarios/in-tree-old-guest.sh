# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# The lab's own old guest on a VF of the kernel's own variant driver, as far as that gets: a guest that enables bus
# mastering itself, has the registers' widths and polls works; another one moves nothing.

must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
bdf=$(vf_bdf "$PF" 1)

must with-master tiny_run 1 "count=$COUNT master" "$bdf"
same with-master-requests "$COUNT" "$(tiny_field 1 net requests)"
check with-master-end tiny_end 1

must without-master tiny_run 1 "seconds=2 count=$COUNT" "$bdf"
same without-master-fails 'failed: request not completed, queue 0x00000001' "$(tiny_result 1 net)"
check without-master-end tiny_end 1

must wide tiny_run 1 "seconds=2 count=$COUNT master wide-aligned" "$bdf"
say "32-bit accesses: $(tiny_result 1 net)"
same wide-fails failed: "$(tiny_result 1 net | cut -d' ' -f1)"
check wide-end tiny_end 1

must interrupts tiny_run 1 "count=$COUNT types=net master interrupts" "$bdf"
same interrupts-fail 'failed: no Interrupt Pin' "$(tiny_result 1 net)"
check interrupts-end tiny_end 1
obeyed_spec violations "$PF"
