# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034,SC2154 # pci.sh sets pci; scenarios use what is set here
# PFs that stay with the kernel's virtio-pci: their virtio device, whose driver has the admin queue.

virtio_net=/sys/bus/virtio/drivers/virtio_net

# virtio_of BDF: the virtio device of a function.
virtio_of() { basename "$pci/$1"/virtio*; }

# link_of PF-BDF VF-BDF: state of the link between the drivers of PF's virtio device and VF.
link_of() { cat "/sys/class/devlink/virtio:$(virtio_of "$1")--pci:$2/status"; }

# linked_vf STEP: PF and its first VF; sets pf, bdf and virtio.
linked_vf() {
	must "$1-pf" pf_setup "$PF" "$PF_DRIVER" 1
	must "$1-vf" vf_setup "$PF" 1 "$VF_DRIVER"
	pf=$(pf_bdf "$PF") bdf=$(vf_bdf "$PF" 1)
	virtio=$(virtio_of "$pf")
	same "$1-link" active "$(link_of "$pf" "$bdf")"
}
