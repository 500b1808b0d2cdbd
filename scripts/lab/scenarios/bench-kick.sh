# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154 # the library and the settings have the variables
# Instructions of a guest's notification, from the guest's OUT to its next instruction: by a VMM that writes BAR0, and by
# eventfd (VFIO_DEVICE_IOEVENTFD).

must notify outer set "$PF" notify-info member
must up side_up ours "$PF" 1
vf=$(vf_bdf "$PF" 1)
for round in 1 2 3; do
	storm=vfio-kick check "kicks-$round" measure "kick side=ours" "$vf" 10000
done
check doorbells only_doorbell "$PF" 1 member
obeyed_spec violations "$PF"
