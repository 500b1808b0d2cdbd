# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library sets variables
# Our modules, built for another kernel: the loader refuses them and says why, nothing of them stays, and the right
# ones load.

for module in "$VF_DRIVER" "$PF_DRIVER"; do rmmod "$module" 2>/dev/null; done
# What they need of the kernel is there: it is not that which is missing.
must needs modprobe vfio_pci
console_off
for module in "$PF_DRIVER" "$VF_DRIVER"; do
	before=$(log_lines)
	check "$module-refused" sh -c "! insmod /lab/foreign/$module.ko 2>/run/insmod"
	check "$module-error" grep -qi 'invalid module format' /run/insmod
	check "$module-log" said "$before" "$module: $REASON"
	check "$module-gone" test ! -e "/sys/module/$module"
done
console_on
must right-ones modprobe "$VF_DRIVER"
must pf pf_setup "$PF" "$PF_DRIVER" 1
must vf vf_setup "$PF" 1 "$VF_DRIVER"
same identity 'transitional net' "$(cat "$pci/$(vf_bdf "$PF" 1)/virtio_legacy/identity")"
